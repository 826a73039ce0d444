using Pith.Kernels;

namespace Pith.Compress.LowRank;

/// <summary>A way of rounding a whole weight to a number format.</summary>
public interface IWeightRounding
{
    /// <summary>The rounded weight, every value one of the format's.</summary>
    /// <param name="weight">W, [outputs, inputs], row-major, finite.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="Core.Diagnostics.PithException">The weight is not finite (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    float[] Round(ReadOnlyMemory<float> weight, int inputs, Workers workers, CancellationToken cancellation = default);
}
