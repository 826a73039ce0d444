using System.Runtime.Intrinsics;

namespace Pith.Kernels.Algebra;

/// <summary>Lays operands of a product out in panels: <c>width</c> rows of the operand side by side, so that a step of the contraction
/// is one short contiguous run.</summary>
/// <remarks>Element (k, i) of a panel is at k·width + i; missing rows and whatever lies outside the triangle are zero.</remarks>
internal static unsafe class Panels
{
    // Panels filled at once where rows lie side by side: 32 rows are four lines of the cache.
    private const int Together = 4;

    /// <summary>Packs rows <paramref name="first"/> … <paramref name="end"/>-1 of <paramref name="source"/>, columns
    /// <paramref name="start"/> … <paramref name="start"/>+<paramref name="depth"/>-1.</summary>
    /// <param name="source">The operand, contraction along its columns.</param>
    /// <param name="values">First element of its array.</param>
    /// <param name="first">First row.</param>
    /// <param name="end">Row after the last.</param>
    /// <param name="start">First step of the contraction.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="part">What of the operand counts.</param>
    /// <param name="width">Rows of a panel.</param>
    /// <param name="target">⌈rows / width⌉ panels.</param>
    public static void Pack(
        MatrixView source, double* values, int first, int end, int start, int depth, Triangle part, int width, double* target)
    {
        nint rowStep = source.RowStep, columnStep = source.ColumnStep;
        for (var row = first; row < end; row += width, target += width * depth)
        {
            if (rowStep == 1 && part == Triangle.Whole && row + (Together * width) <= end)
            {
                CopySteps(values + source.Offset + row + (start * columnStep), columnStep, depth, width, target);
                row += (Together - 1) * width;
                target += (nint)(Together - 1) * width * depth;
                continue;
            }

            var rows = Math.Min(width, end - row);
            var corner = values + source.Offset + (row * rowStep) + (start * columnStep);
            if (rows < width)
                new Span<double>(target, width * depth).Clear();
            Interleave(corner, rowStep, columnStep, rows, depth, width, target);
            if (part != Triangle.Whole)
                Clear(row, rows, start, depth, part, width, target);
        }
    }

    // The rows lie side by side: whole lines of the cache go to several panels at once, else each would be fetched for every panel again.
    private static void CopySteps(double* corner, nint columnStep, int depth, int width, double* target)
    {
        for (var k = 0; k < depth; k++, corner += columnStep, target += width)
        {
            for (var panel = 0; panel < Together; panel++)
            {
                double* from = corner + (panel * width), to = target + ((nint)panel * width * depth);
                for (var i = 0; i < width; i += 2)
                    Vector128.Store(Vector128.Load(from + i), to + i);
            }
        }
    }

    // Two rows at a time: enough streams to be fast, few enough for the registers.
    private static void Interleave(double* corner, nint rowStep, nint columnStep, int rows, int depth, int width, double* target)
    {
        var i = 0;
        for (; i + 2 <= rows; i += 2)
        {
            double* x = corner + (i * rowStep), y = x + rowStep, to = target + i;
            for (var k = 0; k < depth; k++, x += columnStep, y += columnStep, to += width)
            {
                to[0] = *x;
                to[1] = *y;
            }
        }

        if (i < rows)
        {
            double* x = corner + (i * rowStep), to = target + i;
            for (var k = 0; k < depth; k++, x += columnStep, to += width)
                *to = *x;
        }
    }

    private static void Clear(int row, int rows, int start, int depth, Triangle part, int width, double* target)
    {
        for (var i = 0; i < rows; i++)
        {
            var from = part == Triangle.Upper ? 0 : Math.Clamp(row + i + 1 - start, 0, depth);
            var to = part == Triangle.Upper ? Math.Clamp(row + i - start, 0, depth) : depth;
            for (var k = from; k < to; k++)
                target[(k * width) + i] = 0;
        }
    }
}
