namespace Pith.Bench.Studies;

/// <summary>One study: a command that measures and writes pages of docs/results.</summary>
/// <param name="What">What it measures, for the list of studies.</param>
/// <param name="Run">Measures and writes.</param>
internal sealed record Study(string What, Action<StudyContext, CancellationToken> Run);
