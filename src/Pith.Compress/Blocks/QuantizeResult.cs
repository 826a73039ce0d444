using Pith.Core.Plans;

namespace Pith.Compress.Blocks;

/// <summary>What quantizing a model made.</summary>
/// <param name="Out">The directory.</param>
/// <param name="Plan">The decisions which are stored with it.</param>
/// <param name="AverageBits">See <see cref="Blocks.AverageBits"/>; null where no weight was quantized.</param>
/// <param name="StoredNumberBits">See <see cref="Blocks.AverageBits.OfStoredNumbers"/>: differs from the average only with low-rank corrections.</param>
/// <param name="MemoryDensity">See <see cref="Blocks.MemoryDensity"/>.</param>
/// <param name="Tokens">Length of the text for which the density holds.</param>
/// <param name="Bytes">Bytes of all files of the directory.</param>
/// <param name="Sites">Every weight that was quantized, in the order of computation.</param>
public sealed record QuantizeResult(
    string Out, Plan Plan, double? AverageBits, double? StoredNumberBits, double MemoryDensity, int Tokens, long Bytes, IReadOnlyList<QuantizedSite> Sites);
