using Pith.Compress.Corrections;
using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Compress.Blocks;

/// <summary>What quantizing did to the weight of one site.</summary>
/// <param name="Site">The product.</param>
/// <param name="Format">Format of the weight.</param>
/// <param name="Bits">Stored bits over the count of the weights; scales, padding and the factors of a correction included.</param>
/// <param name="RelativeError">‖Ŵ − W‖ / ‖W‖ in the Frobenius norm, of the rounded weight without its correction; NaN where a block is.</param>
/// <param name="LowRank">What its low-rank correction does; null where it has none.</param>
public sealed record QuantizedSite(Site Site, NumberFormat Format, double Bits, double RelativeError, CorrectionResult? LowRank = null);
