using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>The rectifier max(x, 0).</summary>
/// <remarks>NaN stays NaN. Thread-safe.</remarks>
public static class Relu
{
    /// <summary>Applies it to one row.</summary>
    /// <param name="x">[n]; receives the result.</param>
    public static void Apply(Span<float> x) => TensorPrimitives.Max(x, 0, x);
}
