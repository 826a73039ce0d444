namespace Pith.Kernels.Ops;

/// <summary>Root-mean-square normalisation of a row: y_i = g_i · x_i / √(mean(x²) + ε).</summary>
/// <remarks>Source: Zhang and Sennrich 2019 (arXiv 1910.07467), eq. 4, with ε as in Llama. Thread-safe.</remarks>
public static class RmsNorm
{
    /// <summary>Normalises one row.</summary>
    /// <param name="x">The row, [n].</param>
    /// <param name="gain">g, [n]; all one when empty.</param>
    /// <param name="epsilon">Added to the mean square, &gt; 0.</param>
    /// <param name="y">[n]; may be the same memory as <paramref name="x"/>.</param>
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, float epsilon, Span<float> y)
    {
        var scale = 1 / MathF.Sqrt((Reduction.SumOfSquares(x) / x.Length) + epsilon);
        Elementwise.Multiply(x, scale, y);
        if (!gain.IsEmpty)
            Elementwise.Multiply(y[..x.Length], gain, y);
    }
}
