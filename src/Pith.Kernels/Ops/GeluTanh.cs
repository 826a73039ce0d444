using System.Numerics.Tensors;

namespace Pith.Kernels.Ops;

/// <summary>The Gaussian error linear unit in its form with tanh: x · (1 + tanh(u)) / 2 = x / (1 + e^-2u), u = √(2/π) · (x + 0.044715 · x³).</summary>
/// <remarks>Source: Hendrycks and Gimpel 2016 (arXiv 1606.08415), section 2; stock configurations call it <c>gelu_new</c>. A number's result
/// does not depend on where in a row it stands. Scalar equivalent: <see cref="OpsReference.GeluTanh"/>. Thread-safe.</remarks>
public static class GeluTanh
{
    private const int Chunk = 256;
    private const float Cubic = 0.044715f;

    // 2 · √(2/π).
    private const float Slope = 1.5957691216057308f;

    /// <summary>Applies it to one row.</summary>
    /// <param name="x">[n]; receives the result.</param>
    public static void Apply(Span<float> x)
    {
        Span<float> buffer = stackalloc float[Chunk];
        for (var first = 0; first < x.Length; first += Chunk)
        {
            // 2u = 2√(2/π) · x · (1 + 0.044715 · x²)
            var part = x.Slice(first, Math.Min(Chunk, x.Length - first));
            var weight = buffer[..part.Length];
            Elementwise.Multiply(part, part, weight);
            Elementwise.Multiply(weight, Cubic, weight);
            TensorPrimitives.Add(weight, 1, weight);
            Elementwise.Multiply(weight, part, weight);
            Elementwise.Multiply(weight, Slope, weight);
            Elementwise.Sigmoid(weight, weight);
            Elementwise.Multiply(part, weight, part);
        }
    }
}
