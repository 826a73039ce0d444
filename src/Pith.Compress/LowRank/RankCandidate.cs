namespace Pith.Compress.LowRank;

/// <summary>A weight that can be given a low-rank term.</summary>
/// <param name="SingularValues">σ of F·E, descending, as many as ranks are possible: <see cref="LowRankResult.SingularValues"/>.</param>
/// <param name="Sensitivity">How much the loss of the model rises with the weight's squared output error, ≥ 0; 1 for all weighs output errors alike.</param>
/// <param name="BytesPerRank">Stored bytes of one column of A and one row of B, &gt; 0.</param>
public sealed record RankCandidate(IReadOnlyList<double> SingularValues, double Sensitivity, double BytesPerRank);
