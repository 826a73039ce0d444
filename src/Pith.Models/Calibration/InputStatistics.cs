namespace Pith.Models.Calibration;

/// <summary>What was measured of one input of a matrix product, element by element.</summary>
/// <param name="Tokens">Tokens seen.</param>
/// <param name="MeanAbsolute">E|x[i]| over all tokens.</param>
/// <param name="LargestBatchMean">The largest over batches of the mean of |x[i]| in the batch: the statistic of L²QER.</param>
/// <param name="MeanSquare">E[x[i]²] over all tokens: the statistic of QERA's diagonal form.</param>
public sealed record InputStatistics(
    long Tokens, IReadOnlyList<double> MeanAbsolute, IReadOnlyList<double> LargestBatchMean, IReadOnlyList<double> MeanSquare)
{
    /// <summary>Elements of a token's input.</summary>
    public int Width => MeanSquare.Count;
}
