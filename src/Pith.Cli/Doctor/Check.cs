namespace Pith.Cli.Doctor;

/// <summary>One thing that Pith needs, as found on this machine.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Found">What is here.</param>
/// <param name="Status">Whether that is enough.</param>
/// <param name="Remedy">What brings it, if it is not.</param>
internal sealed record Check(string Name, string Found, CheckStatus Status = CheckStatus.Ok, string? Remedy = null);
