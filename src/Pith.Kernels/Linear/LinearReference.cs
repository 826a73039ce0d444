using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>The plain scalar forms of the products with a weight: the oracle of the fast ones.</summary>
/// <remarks>Sums run over k ascending in double precision, so the result is the exact product rounded once, up to 2^-53 relative a
/// step. Thread-safe.</remarks>
public static class LinearReference
{
    /// <summary>Y[t, n] = Σ_k X[t, k] · W[n, k].</summary>
    /// <param name="x">[tokens, inputs], row-major.</param>
    /// <param name="w">[outputs, inputs], row-major.</param>
    /// <param name="inputs">Length of the contraction.</param>
    /// <param name="y">[tokens, outputs], row-major.</param>
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int inputs, Span<float> y)
    {
        var tokens = x.Length / inputs;
        var outputs = w.Length / inputs;
        for (var t = 0; t < tokens; t++)
        {
            for (var n = 0; n < outputs; n++)
            {
                var sum = 0.0;
                for (var k = 0; k < inputs; k++)
                    sum += (double)x[(t * inputs) + k] * w[(n * inputs) + k];
                y[(t * outputs) + n] = (float)sum;
            }
        }
    }

    /// <summary>Dequantizes the whole weight, then multiplies.</summary>
    /// <param name="x">[tokens, inputs], row-major.</param>
    /// <param name="w">[outputs, inputs], packed.</param>
    /// <param name="y">[tokens, outputs], row-major.</param>
    public static void Multiply(ReadOnlySpan<float> x, PackedMatrix w, Span<float> y)
    {
        ArgumentNullException.ThrowIfNull(w);
        var values = new float[w.Rows * w.Columns];
        for (var row = 0; row < w.Rows; row++)
            w.DecodeRow(row, values.AsSpan(row * w.Columns, w.Columns));
        Multiply(x, values, w.Columns, y);
    }
}
