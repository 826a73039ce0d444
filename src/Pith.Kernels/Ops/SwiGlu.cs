namespace Pith.Kernels.Ops;

/// <summary>The gated activation silu(g) · u, with silu(g) = g / (1 + e^-g).</summary>
/// <remarks>Source: Shazeer 2020 (arXiv 2002.05202), eq. 6. Thread-safe.</remarks>
public static class SwiGlu
{
    /// <summary>Applies it to one row.</summary>
    /// <param name="gate">g, [n]; receives the result.</param>
    /// <param name="up">u, [n].</param>
    public static void Apply(Span<float> gate, ReadOnlySpan<float> up)
    {
        const int Chunk = 256;
        Span<float> sigmoid = stackalloc float[Chunk];
        for (var first = 0; first < gate.Length; first += Chunk)
        {
            var g = gate.Slice(first, Math.Min(Chunk, gate.Length - first));
            var s = sigmoid[..g.Length];
            Elementwise.Sigmoid(g, s);
            Elementwise.Multiply(g, s, g);
            Elementwise.Multiply(g, up.Slice(first, g.Length), g);
        }
    }
}
