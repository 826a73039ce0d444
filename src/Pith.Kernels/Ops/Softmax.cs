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
            TensorPrimitives.Multiply(x, scale, x);
        TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), x);
        TensorPrimitives.Exp(x, x);
        TensorPrimitives.Multiply(x, 1 / Reduction.Sum(x), x);
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
        var sum = 0.0;
        foreach (var value in scratch)
            sum += value;
        return largest + Math.Log(sum);
    }
}
