using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Compress.Blocks;

/// <summary>What quantizing did to the weight of one site.</summary>
/// <param name="Site">The product.</param>
/// <param name="Format">Format of the weight.</param>
/// <param name="Bits">Stored bits over the count of the weights, scales and padding included.</param>
/// <param name="RelativeError">‖Ŵ − W‖ / ‖W‖ in the Frobenius norm; NaN where a block is.</param>
public sealed record QuantizedSite(Site Site, NumberFormat Format, double Bits, double RelativeError);
