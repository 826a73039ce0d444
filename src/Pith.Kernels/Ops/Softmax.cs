using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>Softmax of a row, and its logarithm's normaliser.</summary>
/// <remarks>Thread-safe.</remarks>
public static class Softmax
{
    /// <summary>x_i becomes exp(scale·x_i - m) / Σ_j exp(scale·x_j - m), with m the largest scale·x_j.</summary>
    /// <param name="x">The row, at least one number.</param>
    /// <param name="scale">Factor of the scores, for example 1/√head_dim.</param>
    public static void Apply(Span<float> x, float scale = 1)
    {
        if (scale != 1)
            Elementwise.Multiply(x, scale, x);
        Elementwise.ExpFromLargest(x);
        Elementwise.Multiply(x, 1 / Reduction.Sum(x), x);
    }

    /// <summary>ln Σ_i exp(x_i), summed in double precision. ln softmax(x)_i is x_i minus this.</summary>
    /// <param name="x">The row, at least one number.</param>
    /// <param name="scratch">As long as <paramref name="x"/>; receives exp(x_i - max).</param>
    public static double LogSumExp(ReadOnlySpan<float> x, Span<float> scratch)
    {
        scratch = scratch[..x.Length];
        var largest = TensorPrimitives.Max(x);
        TensorPrimitives.Subtract(x, largest, scratch);
        TensorPrimitives.Exp(scratch, scratch);
        return largest + Math.Log(Reduction.PreciseSum(scratch));
    }

    /// <summary>KL(r ‖ m) = Σ_i r_i · (ln r_i - ln m_i) of two softmaxes given by their logits, summed in double precision.</summary>
    /// <param name="reference">Logits of r, at least one.</param>
    /// <param name="model">Logits of m, as many.</param>
    /// <param name="normalizer">ln Σ exp of <paramref name="model"/>, from <see cref="LogSumExp"/>.</param>
    /// <param name="scratch">As long; overwritten.</param>
    /// <returns>Nats; not below zero but for rounding.</returns>
    public static double Divergence(ReadOnlySpan<float> reference, ReadOnlySpan<float> model, double normalizer, Span<float> scratch)
    {
        // With r_i = e^(x_i - max) · c the difference of logarithms is x_i - y_i plus a constant.
        var own = LogSumExp(reference, scratch);
        var factor = Math.Exp(TensorPrimitives.Max(reference) - own);
        return (factor * Reduction.WeightedDifference(scratch[..reference.Length], reference, model)) + (normalizer - own);
    }
}
