using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>Interleaved weights times quantized activations.</summary>
public static unsafe class PackedDot
{
    private delegate void Kernel(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y);

    /// <summary>Whether this processor has a fast path; otherwise callers decode rows and multiply in floating point.</summary>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>Y = X · Wᵀ for a range of groups of 16 rows of W.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="x">X, prepared for <paramref name="matrix"/>.</param>
    /// <param name="firstGroup">First group.</param>
    /// <param name="lastGroup">Group after the last.</param>
    /// <param name="y">[tokens, rows of W]; only the range's columns are written.</param>
    internal static void Groups(InterleavedMatrix matrix, ActivationBlocks x, int firstGroup, int lastGroup, Span<float> y)
    {
        var values = stackalloc byte[16];
        for (var code = 0; code < 16 && matrix.View.Values is { } table; code++)
            values[code] = (byte)(table[code] + matrix.Offset);

        var (one, eight) = KernelsOf(matrix);
        var tile = stackalloc float[ActivationBlocks.TileTokens * Tile.Rows];
        for (var group = firstGroup; group < lastGroup; group++)
        {
            var first = group * Tile.Rows;
            var rows = Math.Min(Tile.Rows, matrix.Rows - first);
            for (var token = 0; token < x.Tokens; token += x.WidthAt(token))
            {
                var width = x.WidthAt(token);
                (width == 1 ? one : eight)(
                    matrix.Group(group), matrix.RecordsPerGroup, values, x.Integers(token), x.Exponents(token), x.Corrections(token), tile);
                for (var i = 0; i < width; i++)
                    new ReadOnlySpan<float>(tile + (i * Tile.Rows), rows).CopyTo(y[(((token + i) * matrix.Rows) + first)..]);
            }
        }
    }

    private static (Kernel One, Kernel Eight) KernelsOf(InterleavedMatrix matrix) => (matrix.CodeBits, matrix.View.Values) switch
    {
        (4, null) => (DotKernel512<Codes4>.One, DotKernel512<Codes4>.Eight),
        (4, _) => (DotKernel512<CodesTable4>.One, DotKernel512<CodesTable4>.Eight),
        (6, _) => (DotKernel512<Codes6>.One, DotKernel512<Codes6>.Eight),
        _ => (DotKernel512<Codes8>.One, DotKernel512<Codes8>.Eight),
    };
}
