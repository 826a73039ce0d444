using Pith.Kernels.Formats;
using Pith.Kernels.Linear;

namespace Pith.Compress.Corrections;

/// <summary>A quantized weight and the low-rank correction of its error.</summary>
/// <param name="Weight">The rounded weight, [outputs, inputs].</param>
/// <param name="A">Aᵀ, [rank, inputs]: packed, or plain 32-bit floats.</param>
/// <param name="B">Bᵀ, [outputs, rank]: packed, or plain 32-bit floats.</param>
/// <param name="RelativeError">‖Ŵ − W‖ / ‖W‖ of the rounded weight alone, in the Frobenius norm.</param>
/// <param name="Result">What the correction does.</param>
public sealed record CorrectedWeight(PackedMatrix Weight, LinearWeight A, LinearWeight B, double RelativeError, CorrectionResult Result)
{
    /// <summary>All of it, ready to multiply with.</summary>
    /// <param name="isInteger">Whether the activations it is multiplied with are quantized to small integers in blocks.</param>
    public LowRankWeight ToLinear(bool isInteger)
    {
        LinearWeight LayOut(LinearWeight weight) => isInteger && weight is PackedWeight packed ? InterleavedWeight.TryCreate(packed) ?? weight : weight;
        return new LowRankWeight(LayOut(new PackedWeight(Weight)), LayOut(A), B);
    }
}
