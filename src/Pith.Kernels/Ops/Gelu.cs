using System.Numerics;
using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>The Gaussian error linear unit x · Φ(x), with the normal distribution Φ(x) = erfc(-x/√2) / 2: the form with erf.</summary>
/// <remarks>Source: Hendrycks and Gimpel 2016 (arXiv 1606.08415), eq. 2. erfc(z) = e^(-z²) · t · r(t) with t = 1 / (1 + z/2) and a
/// polynomial r of degree 12: the Chebyshev fit on 0 &lt; t ≤ 1, whose error is 8e-10. In double precision inside, so that the result is the nearest
/// float but for that. Thread-safe.</remarks>
public static class Gelu
{
    private const int Chunk = 128;

    // Of r, the highest power first.
    private static readonly double[] s_coefficients =
    [
        -0.036053648791413429, 0.21373257947257884, -0.51043176018789065, 0.58785069871457285, -0.28004187151710641,
        0.024762004544162507, -0.065777222750822985, -0.0055918369630020601, 0.084285718457160214, 0.17623899714294327,
        0.24683683353185504, 0.28209471553609403, 0.2820947920034086,
    ];

    /// <summary>Applies it to one row.</summary>
    /// <param name="x">[n]; receives the result.</param>
    public static void Apply(Span<float> x)
    {
        Span<float> padded = stackalloc float[Chunk];
        Span<double> number = stackalloc double[Chunk];
        Span<double> power = stackalloc double[Chunk];
        for (var first = 0; first < x.Length; first += Chunk)
        {
            // Whole chunks only: a number's result does not depend on where in a row it stands.
            var part = x.Slice(first, Math.Min(Chunk, x.Length - first));
            padded.Clear();
            part.CopyTo(padded);
            TensorPrimitives.ConvertTruncating<float, double>(padded, number);
            TensorPrimitives.Multiply(number, number, power);
            TensorPrimitives.Multiply(power, -0.5, power);
            TensorPrimitives.Exp(power, power);
            for (var i = 0; i < Chunk; i += Vector<double>.Count)
                Weigh(new Vector<double>(number[i..]), new Vector<double>(power[i..])).CopyTo(number[i..]);
            TensorPrimitives.ConvertTruncating<double, float>(number, padded);
            padded[..part.Length].CopyTo(part);
        }
    }

    // x · Φ(x), given e^(-x²/2).
    private static Vector<double> Weigh(Vector<double> x, Vector<double> power)
    {
        var one = Vector<double>.One;
        var t = one / (one + (Vector.Abs(x) * Math.ScaleB(Math.Sqrt(2), -2)));
        var r = new Vector<double>(s_coefficients[0]);
        for (var i = 1; i < s_coefficients.Length; i++)
            r = Vector.FusedMultiplyAdd(r, t, new Vector<double>(s_coefficients[i]));
        var tail = power * t * r * 0.5;
        return x * Vector.ConditionalSelect(Vector.LessThan(x, Vector<double>.Zero), tail, one - tail);
    }
}
