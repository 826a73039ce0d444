namespace Pith.Bench.Studies.LowRank;

/// <summary>A model of the study as it came.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Width">Width of its residual stream.</param>
/// <param name="Text">The evaluation text.</param>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="CalibrationTokens">Tokens it was calibrated on.</param>
/// <param name="Perplexity">In 32-bit floats.</param>
internal sealed record LowRankModel(string Model, int Width, string Text, long Tokens, long CalibrationTokens, double Perplexity);
