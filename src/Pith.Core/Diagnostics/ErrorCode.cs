namespace Pith.Core.Diagnostics;

/// <summary>One entry of an error catalogue: a stable code, what it means, the exit code, and the usual cure.</summary>
/// <remarks>Catalogues are static classes named <c>&lt;Project&gt;Errors</c>, one a project, whose public static fields are
/// the entries. Ranges: Core 1000-1999, Kernels 2000-2999, Models 3000-3999, Compress 4000-4999, Tune 5000-5999,
/// Study 6000-6999, Cli 9000-9999.</remarks>
/// <param name="Code">For example <c>PITH3001</c>. Never reused for another meaning.</param>
/// <param name="Meaning">What went wrong, in general terms.</param>
/// <param name="Hint">What to do next.</param>
/// <param name="Exit">The exit code a program should end with.</param>
public sealed record ErrorCode(string Code, string Meaning, string Hint, ExitCode Exit = ExitCode.BadInput);
