namespace Pith.Models.Tests.Hostile;

/// <summary>A file that no parser may trust, and what must be said of it.</summary>
/// <param name="Parser">Which parser reads it: the name of its folder.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Code">The error it must give.</param>
/// <param name="Said">What the message must contain beside the file's name.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record HostileFile(string Parser, string Name, string Code, string Said, byte[] Content)
{
    /// <summary>The path below the folder of hostile files.</summary>
    public string Path => $"{Parser}/{Name}";

    public override string ToString() => Path;
}
