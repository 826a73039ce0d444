namespace Pith.Bench.Studies.BlockFormats;

/// <summary>What one format did to one model.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Format">The row's name.</param>
/// <param name="AverageBits">Stored bits over the count of the block weights.</param>
/// <param name="MemoryDensity">Against 32-bit floats, both operands of all products, at the model's context length.</param>
/// <param name="WeightError">Relative Frobenius error of all block weights taken as one tensor.</param>
/// <param name="Perplexity">On the model's text.</param>
/// <param name="Kl">Mean KL divergence of the next token from the 32-bit model, nats a token.</param>
internal sealed record FormatResult(
    string Model, string Format, double AverageBits, double MemoryDensity, double WeightError, double Perplexity, double Kl);
