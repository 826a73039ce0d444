using System.Buffers;
using System.Numerics.Tensors;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Algebra;

/// <summary>E := E·L for a big matrix E of single numbers and a lower triangle L: no second matrix of the size is made.</summary>
/// <remarks>Column i of the product needs columns i and later of E, so blocks of columns are overwritten from the left. The products are most of the work
/// of an exact low-rank term and in single precision twice as fast: a sum of n terms errs by about √n·2^-25 of the lengths of its factors, up
/// or down alike. Every element is summed in one order, whatever the threads. Thread-safe on different E.</remarks>
public static class TriangularProduct
{
    private const int BlockColumns = 256;
    private const int LineFloats = 16;

    // Rows and steps of one product: its operands stay in the second-level cache, a tile of them in the first.
    private const int BlockRows = 96;
    private const int Depth = 1024;

    /// <summary>Multiplies.</summary>
    /// <param name="e">E, [rows, n]; overwritten. Its <see cref="SingleMatrix.Unit"/> takes the size of L over.</param>
    /// <param name="factor">L, [n, n], with a diagonal above 0; what is above the diagonal does not count.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks; E is then partly done.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Overwrite(SingleMatrix e, Matrix factor, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(factor);
        ArgumentNullException.ThrowIfNull(workers);
        if (factor.Rows != factor.Columns || e.Columns != factor.Rows)
            throw new ArgumentException($"[{e.Rows}, {e.Columns}] does not fit [{factor.Rows}, {factor.Columns}]", nameof(e));
        var n = factor.Rows;
        var size = Enumerable.Range(0, n).Max(i => factor[i, i]);

        // Rows of the block begin in different sets of the cache: an odd number of lines apart.
        var stride = (((n + LineFloats - 1) / LineFloats) | 1) * LineFloats;
        var block = new float[(long)Math.Min(BlockColumns, n) * stride];
        for (var first = 0; first < n; first += BlockColumns)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, count) = (first, Math.Min(BlockColumns, n - first));
            workers.Run(n - first, (long)count * (n - first), (from, end) => Transpose(factor, size, start, count, from, end, block, stride));
            workers.Run(
                (e.Rows + BlockRows - 1) / BlockRows,
                (long)e.Rows * count * (n - first),
                (from, end) => Multiply(e, start, count, block, stride, from * BlockRows, Math.Min(end * BlockRows, e.Rows)));
        }

        e.Unit *= size;
    }

    // Columns first … first+count-1 of L / size as rows, their numbers `from` … `end`-1 below row `first`.
    private static void Transpose(Matrix factor, double size, int first, int count, int from, int end, float[] block, int stride)
    {
        for (var k = from; k < end; k++)
        {
            var row = factor.Row(first + k).Slice(first, Math.Min(count, k + 1));
            for (var i = 0; i < row.Length; i++)
                block[(i * stride) + k] = (float)(row[i] / size);
            for (var i = row.Length; i < count; i++)
                block[(i * stride) + k] = 0;
        }
    }

    private static unsafe void Multiply(SingleMatrix e, int first, int count, float[] block, int stride, int fromRow, int endRow)
    {
        var n = e.Columns;
        var sums = ArrayPool<float>.Shared.Rent(2 * BlockRows * count);
        fixed (float* pe = e.Values, w = block, total = sums)
        {
            var part = total + (BlockRows * count);
            for (var row = fromRow; row < endRow; row += BlockRows)
            {
                var rows = Math.Min(BlockRows, endRow - row);
                for (var step = first; step < n; step += Depth)
                {
                    Gemm.Multiply(
                        pe + ((nint)row * n) + step, n, rows, w + step - first, stride, count, Math.Min(Depth, n - step), step == first ? total : part, count);
                    if (step > first)
                        Add(part, total, rows * count);
                }

                for (var i = 0; i < rows; i++)
                    new ReadOnlySpan<float>(total + (i * count), count).CopyTo(e.Row(row + i).Slice(first, count));
            }
        }

        ArrayPool<float>.Shared.Return(sums);
    }

    private static unsafe void Add(float* part, float* total, int count) =>
        TensorPrimitives.Add(new ReadOnlySpan<float>(total, count), new ReadOnlySpan<float>(part, count), new Span<float>(total, count));
}
