using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>Layer normalisation: y_i = g_i · (x_i - μ) / √(σ² + ε) + b_i, with mean μ and variance σ² = Σ (x_i - μ)² / n of the row.</summary>
/// <remarks>Source: Ba et al. 2016 (arXiv 1607.06450), eq. 4. Two passes: the mean is taken off before squaring. Thread-safe.</remarks>
public static class LayerNorm
{
    /// <summary>Normalises one row.</summary>
    /// <param name="x">[n].</param>
    /// <param name="gain">g, [n]; all one when empty.</param>
    /// <param name="bias">b, [n]; zero when empty.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[n]; may be <paramref name="x"/>.</param>
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        y = y[..x.Length];
        TensorPrimitives.Subtract(x, Reduction.Sum(x) / x.Length, y);
        TensorPrimitives.Multiply(y, 1 / MathF.Sqrt((Reduction.SumOfSquares(y) / x.Length) + epsilon), y);
        if (!gain.IsEmpty)
            TensorPrimitives.Multiply(y, gain, y);
        if (!bias.IsEmpty)
            TensorPrimitives.Add(y, bias, y);
    }
}
