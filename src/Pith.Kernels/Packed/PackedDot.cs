using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>Interleaved weights times quantized activations, on the widest path which the processor has.</summary>
public static unsafe class PackedDot
{
    internal delegate void Kernel(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y);

    /// <summary>The kernels for one token and for eight.</summary>
    internal sealed record Pair(Kernel One, Kernel Eight);

    /// <summary>The path taken: <c>AVX-512</c>, <c>AVX2</c> or <c>portable</c>.</summary>
    public static string PathName => Avx512BW.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "portable";

    /// <summary>Y = X · Wᵀ for a range of groups of 16 rows of W.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="x">X, prepared for <paramref name="matrix"/>.</param>
    /// <param name="firstGroup">First group.</param>
    /// <param name="lastGroup">Group after the last.</param>
    /// <param name="y">[tokens, rows of W]; only the range's columns are written.</param>
    /// <param name="set">The set of terms which was prepared.</param>
    internal static void Groups(InterleavedMatrix matrix, ActivationBlocks x, int firstGroup, int lastGroup, Span<float> y, int set = 0) =>
        GroupsOn(Avx512BW.IsSupported ? 512 : Avx2.IsSupported ? 256 : 0, matrix, x, firstGroup, lastGroup, y, set);

    /// <summary>The same on a chosen path: vectors of 512 or 256 bits, or 0 for the plain form.</summary>
    internal static void GroupsOn(
        int vectorBits, InterleavedMatrix matrix, ActivationBlocks x, int firstGroup, int lastGroup, Span<float> y, int set = 0)
    {
        var values = stackalloc byte[16];
        for (var code = 0; code < 16 && matrix.View.Values is { } table; code++)
            values[code] = (byte)(matrix.View.IsSignedTable && table[code] < 0 ? 0x80 | -table[code] : table[code] + matrix.View.Offset);

        var kernels = matrix.View.Scales.KernelsOf(matrix.View, vectorBits);
        var tile = stackalloc float[ActivationBlocks.TileTokens * Tile.Rows];
        for (var group = firstGroup; group < lastGroup; group++)
        {
            var first = group * Tile.Rows;
            var rows = Math.Min(Tile.Rows, matrix.Rows - first);
            for (var token = 0; token < x.Tokens; token += x.WidthAt(token))
            {
                var width = x.WidthAt(token);
                if (kernels is { } vector)
                {
                    (width == 1 ? vector.One : vector.Eight)(
                        matrix.Group(group), matrix.RecordsPerGroup, values, x.Integers(token), x.Exponents(token, set), x.Corrections(token, set), tile);
                }
                else
                {
                    for (var i = 0; i < width; i++)
                    {
                        DotReference.Rows(
                            matrix,
                            group,
                            x.Integers(token) + (i * Tile.BlockColumns),
                            x.Exponents(token, set) + i,
                            x.Corrections(token, set) + i,
                            width,
                            tile + (i * Tile.Rows));
                    }
                }

                for (var i = 0; i < width; i++)
                {
                    var own = y.Slice(((token + i) * matrix.Rows) + first, rows);
                    var found = new ReadOnlySpan<float>(tile + (i * Tile.Rows), rows);
                    if (matrix.TensorScale == 1)
                        found.CopyTo(own);
                    else
                        TensorPrimitives.Multiply(found, matrix.TensorScale, own);
                }
            }
        }
    }
}
