namespace Pith.Kernels.Packed;

/// <summary>Matrix times vector on interleaved weights and quantized activations.</summary>
public static unsafe class PackedDot
{
    /// <summary>Whether this processor has a fast path; otherwise callers decode rows and multiply in floating point.</summary>
    public static bool IsSupported => DotKernel512.IsSupported;

    /// <summary>y = W·x for a range of groups of 16 rows.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="x">x, prepared for <paramref name="matrix"/>.</param>
    /// <param name="firstGroup">First group.</param>
    /// <param name="lastGroup">Group after the last.</param>
    /// <param name="y">All rows of the result; only those of the range are written.</param>
    internal static void Groups(InterleavedMatrix matrix, ActivationBlocks x, int firstGroup, int lastGroup, Span<float> y)
    {
        var table = stackalloc byte[16];
        if (matrix.View.Values is { } values)
        {
            for (var code = 0; code < 16; code++)
                table[code] = (byte)(values[code] + matrix.Offset);
        }

        var rows = stackalloc float[Tile.Rows];
        for (var group = firstGroup; group < lastGroup; group++)
        {
            Group(matrix, matrix.Group(group), x, table, rows);
            var first = group * Tile.Rows;
            new ReadOnlySpan<float>(rows, Math.Min(Tile.Rows, matrix.Rows - first)).CopyTo(y[first..]);
        }
    }

    private static void Group(InterleavedMatrix matrix, byte* record, ActivationBlocks x, byte* table, float* y)
    {
        if (matrix.View.Values is not null)
            DotKernel512.RowsTable4(record, matrix.RecordsPerGroup, table, x.Integers, x.ExponentTerms, x.Corrections, y);
        else if (matrix.CodeBits == 4)
            DotKernel512.Rows4(record, matrix.RecordsPerGroup, x.Integers, x.ExponentTerms, x.Corrections, y);
        else if (matrix.CodeBits == 6)
            DotKernel512.Rows6(record, matrix.RecordsPerGroup, x.Integers, x.ExponentTerms, x.Corrections, y);
        else
            DotKernel512.Rows8(record, matrix.RecordsPerGroup, x.Integers, x.ExponentTerms, y);
    }
}
