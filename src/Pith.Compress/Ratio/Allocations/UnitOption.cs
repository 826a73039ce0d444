namespace Pith.Compress.Ratio.Allocations;

/// <summary>What one choice for a unit costs.</summary>
/// <param name="Bytes">Bytes it takes, ≥ 0.</param>
/// <param name="Damage">Estimated harm to the model, finite, in any unit that adds up: nats for divergences.</param>
public readonly record struct UnitOption(long Bytes, double Damage);
