namespace Pith.Cli.Quickstart;

/// <summary>What was measured of one format.</summary>
/// <param name="Format">The format of weights and activations; how the original is stored in the first row.</param>
/// <param name="Bits">Stored bits of a block weight, scales included.</param>
/// <param name="Bytes">Bytes of the whole model directory.</param>
/// <param name="Perplexity">On the evaluation text.</param>
/// <param name="Kl">Mean divergence of the next-token distribution from the original's, in nats; 0 for the original.</param>
/// <param name="TokensPerS">Tokens generated in a second, one after the other.</param>
/// <param name="LayerErrors">Relative error of the weights of each layer; empty for the original.</param>
internal sealed record QuickstartRow(
    string Format, double Bits, long Bytes, double Perplexity, double Kl, double TokensPerS, IReadOnlyList<double> LayerErrors);
