using System.Collections.Immutable;

namespace Pith.Compress.Ratio.Allocations;

/// <summary>An option for every unit.</summary>
/// <param name="Choice">For each unit the index of its option.</param>
/// <param name="Bytes">Bytes of all units.</param>
/// <param name="Damage">Sum of the estimated damages.</param>
public sealed record Allocation(ImmutableArray<int> Choice, long Bytes, double Damage);
