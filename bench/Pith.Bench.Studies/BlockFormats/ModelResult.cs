namespace Pith.Bench.Studies.BlockFormats;

/// <summary>A model in 32-bit floats.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Parameters">Numbers in all tensors.</param>
/// <param name="BlockWeights">Those which are quantized.</param>
/// <param name="Text">What it reads.</param>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="Perplexity">On them.</param>
internal sealed record ModelResult(string Model, long Parameters, long BlockWeights, string Text, long Tokens, double Perplexity);
