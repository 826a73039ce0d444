using System.Text.Json;

namespace Pith.Studies;

/// <summary>How a study was made, so that <c>pith study resume</c> can go on with it.</summary>
/// <param name="Command">The words of the command line, without the program.</param>
/// <param name="Directory">The folder it was run in.</param>
public sealed record StudyOrigin(IReadOnlyList<string> Command, string Directory)
{
    internal string ToJson() => JsonSerializer.Serialize(new { command = Command, directory = Directory });

    internal static StudyOrigin? FromJson(string json)
    {
        if (json.Length == 0)
            return null;
        var root = JsonElement.Parse(json);
        return new StudyOrigin([.. root.GetProperty("command").EnumerateArray().Select(word => word.GetString()!)], root.GetProperty("directory").GetString()!);
    }
}
