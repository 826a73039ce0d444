using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pith.Kernels.Ops;

/// <summary>Rotary position embedding of one head, half-split layout: the pair i is (x_i, x_{i+n/2}).</summary>
/// <remarks>Source: Su et al. 2021 (arXiv 2104.09864), eq. 34, with the pairs as the Hugging Face hub lays them. Thread-safe.</remarks>
public static class Rotary
{
    /// <summary>Rotates a head in place: (a, b) becomes (a·cos - b·sin, b·cos + a·sin).</summary>
    /// <param name="head">[n], n even.</param>
    /// <param name="cosines">[n/2], for the token's position.</param>
    /// <param name="sines">[n/2], for the token's position.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Apply(Span<float> head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        var half = head.Length / 2;
        var a = head[..half];
        var b = head.Slice(half, half);
        var i = 0;
        for (; i + Vector<float>.Count <= half; i += Vector<float>.Count)
        {
            var x = new Vector<float>(a[i..]);
            var y = new Vector<float>(b[i..]);
            var c = new Vector<float>(cosines[i..]);
            var s = new Vector<float>(sines[i..]);
            ((x * c) - (y * s)).CopyTo(a[i..]);
            ((y * c) + (x * s)).CopyTo(b[i..]);
        }

        for (; i < half; i++)
            (a[i], b[i]) = ((a[i] * cosines[i]) - (b[i] * sines[i]), (b[i] * cosines[i]) + (a[i] * sines[i]));
    }
}
