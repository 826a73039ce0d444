namespace Pith.Bench.Studies.LowRank;

/// <summary>What was measured of one model in one format, with or without a correction.</summary>
/// <param name="Model">The model.</param>
/// <param name="Weights">Format of the weights.</param>
/// <param name="Method">Method of the correction; null for none.</param>
/// <param name="Rank">Rank of the correction; 0 for none. Weights with fewer rows or columns have less.</param>
/// <param name="Bits">Stored bits over the count of the weights, the factors included.</param>
/// <param name="StoredNumberBits">The same bits over the count of all stored numbers, as the papers state it.</param>
/// <param name="Perplexity">On the evaluation text.</param>
/// <param name="Kl">Divergence of the next token from the 32-bit model, nats.</param>
/// <param name="OutputError">Mean over the weights of the relative output error on the calibration inputs; null without calibration.</param>
/// <param name="HeldOutError">The same on the inputs of the evaluation text.</param>
internal sealed record LowRankRow(
    string Model,
    string Weights,
    string? Method,
    int Rank,
    double Bits,
    double StoredNumberBits,
    double Perplexity,
    double Kl,
    double OutputError,
    double HeldOutError);
