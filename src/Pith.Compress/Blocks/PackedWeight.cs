using Pith.Kernels.Formats;

namespace Pith.Compress.Blocks;

/// <summary>A packed weight with what the packing cost.</summary>
/// <param name="Matrix">Codes and scales.</param>
/// <param name="RelativeError">‖Ŵ − W‖ / ‖W‖ in the Frobenius norm; NaN where a block is.</param>
internal sealed record PackedWeight(PackedMatrix Matrix, double RelativeError);
