using Pith.Core.Diagnostics;

namespace Pith.Fuzz;

/// <summary>A parser of untrusted files.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="FileName">The name a file must have to be given to it.</param>
/// <param name="Parse">Opens the file and reads all that it gives.</param>
internal sealed record FuzzTarget(string Name, string FileName, Action<string> Parse)
{
    /// <summary>Valid files to damage beside those given on the command line.</summary>
    public IReadOnlyList<byte[]> Seeds { get; init; } = [];

    /// <summary>Gives the parser its valid files; one that is refused is a defect and is thrown.</summary>
    /// <param name="folder">Where they are put.</param>
    public void ReadSeeds(string folder)
    {
        foreach (var seed in Seeds)
            Parse(Put(folder, seed));
    }

    /// <summary>Gives bytes to the parser. They are read, or refused as bad input; every other outcome is a defect and is thrown.</summary>
    /// <param name="folder">Where the file is put.</param>
    /// <param name="bytes">Its content.</param>
    public void Run(string folder, ReadOnlySpan<byte> bytes)
    {
        var path = Put(folder, bytes);
        try
        {
            Parse(path);
        }
        catch (PithException exception) when (exception.Error.Exit == ExitCode.BadInput)
        {
            // Refused with a code, as it should be.
        }
    }

    private string Put(string folder, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
