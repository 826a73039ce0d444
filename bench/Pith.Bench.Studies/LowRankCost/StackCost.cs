namespace Pith.Bench.Studies.LowRankCost;

/// <summary>What the terms of some layers took, weights rounded and scales made included.</summary>
/// <param name="Layers">Layers measured.</param>
/// <param name="Seconds">All of it, without drawing the synthetic weights and statistics.</param>
/// <param name="PeakBytes">The most memory the process has held so far.</param>
internal sealed record StackCost(int Layers, double Seconds, long PeakBytes);
