namespace Pith.Bench.Studies.BlockGrid;

/// <summary>What one cell did to one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Table">The table.</param>
/// <param name="Row">Its row.</param>
/// <param name="Column">Its column.</param>
/// <param name="Change">Perplexity over that of 32-bit floats on the same tokens, minus one.</param>
/// <param name="Kl">Divergence from 32-bit floats, nats a token; null where it was not measured.</param>
internal sealed record GridResult(string Model, string Table, string Row, string Column, double Change, double? Kl);
