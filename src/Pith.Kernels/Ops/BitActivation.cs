using System.Numerics;
using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>The input of a ternary linear layer: a row divided by its L2 norm and by √n, then rounded to 8-bit integers.</summary>
/// <remarks>z = x / (‖x‖₂·√n); s = 127 / max|z|; y = clamp(RNE(z·s), -128, 127) / s. Source: the BitNet b1.58 reference code, as the
/// bitllama2.c checkpoints were trained. Thread-safe.</remarks>
public static class BitActivation
{
    // The reference code keeps both divisors away from zero.
    private const float SmallestNorm = 1e-12f;
    private const float SmallestMagnitude = 1e-5f;

    /// <summary>Rounds one row in place.</summary>
    /// <param name="x">The row, [n].</param>
    public static void Apply(Span<float> x)
    {
        var norm = Math.Max(MathF.Sqrt(Reduction.SumOfSquares(x)), SmallestNorm);
        TensorPrimitives.Divide(x, norm, x);
        TensorPrimitives.Multiply(x, 1 / MathF.Sqrt(x.Length), x);
        var scale = 127 / Math.Max(Reduction.Largest(x), SmallestMagnitude);
        var i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
        {
            var level = Vector.Round(new Vector<float>(x[i..]) * scale, MidpointRounding.ToEven);
            (Vector.Clamp(level, new Vector<float>(-128), new Vector<float>(127)) / scale).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
            x[i] = Math.Clamp(MathF.Round(x[i] * scale, MidpointRounding.ToEven), -128, 127) / scale;
    }
}
