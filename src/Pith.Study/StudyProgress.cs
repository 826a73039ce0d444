using Pith.Studies.Trials;

namespace Pith.Studies;

/// <summary>How far a study is.</summary>
/// <param name="Finished">Trials that are done, failed or pruned.</param>
/// <param name="Planned">Trials wanted in all.</param>
/// <param name="Best">The best so far by the first objective; null if none is done.</param>
public readonly record struct StudyProgress(int Finished, int Planned, Trial? Best);
