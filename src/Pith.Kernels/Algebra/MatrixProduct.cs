using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Algebra;

/// <summary>Products of matrices of doubles: C += factor · A · B.</summary>
/// <remarks>Every element is summed in one order, whatever the number of threads, the tiles or the width of the vectors: the contraction in
/// blocks of <see cref="Depth"/>, each one chain of fused multiply-adds from zero, then added to C one block after the other. Operands may be
/// any views; C must not overlap them. Blocking: a panel of B stays in the first-level cache, a block of A in the second, the packed B in the
/// third. Thread-safe on different C.</remarks>
public static unsafe class MatrixProduct
{
    /// <summary>Steps of the contraction summed before C is touched.</summary>
    public const int Depth = 256;

    private const int BlockRows = 16 * ProductTile.Rows;
    private const int BlockColumns = 2048;
    private const int LineDoubles = 8;

    /// <summary>C += factor · A · B.</summary>
    /// <param name="c">[rows, columns].</param>
    /// <param name="factor">For example 1 or -1.</param>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner, columns].</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <param name="partOfA">What of A counts: triangular A costs half.</param>
    /// <param name="partOfC">What of C is computed: <see cref="Triangle.Lower"/> costs half and leaves the rest of C alone.</param>
    /// <param name="cancellation">Stops between blocks; C is then partly done.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or an upper triangle of C is asked for.</exception>
    public static void Add(
        MatrixView c,
        double factor,
        MatrixView a,
        MatrixView b,
        Workers workers,
        Triangle partOfA = Triangle.Whole,
        Triangle partOfC = Triangle.Whole,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (a.Columns != b.Rows || c.Rows != a.Rows || c.Columns != b.Columns)
            throw new ArgumentException($"[{a.Rows}, {a.Columns}] times [{b.Rows}, {b.Columns}] is no [{c.Rows}, {c.Columns}]", nameof(c));
        if (partOfC == Triangle.Upper)
            throw new ArgumentException("only the lower triangle of C can be computed alone", nameof(partOfC));
        if (c.Rows == 0 || c.Columns == 0)
            return;

        // The transposed product has more blocks to share out where C is flat, and longer runs to write where C lies column by column. The sums are the same.
        var isWhole = partOfA == Triangle.Whole && partOfC == Triangle.Whole;
        var liesByColumns = c.RowStep == 1 && c.ColumnStep != 1 && c.Columns >= c.Rows / 4;
        if (isWhole && (liesByColumns || c.Rows < c.Columns / 4))
            (c, a, b) = (c.Transposed, b.Transposed, a.Transposed);
        fixed (double* pc = c.Values, pa = a.Values, pb = b.Values)
            new Product(c, pc, factor, a, pa, b, pb, partOfA, partOfC, workers).Run(cancellation);
    }

    /// <summary>A · B as a new matrix.</summary>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner, columns].</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    public static Matrix Of(MatrixView a, MatrixView b, Workers workers)
    {
        var c = new Matrix(a.Rows, b.Columns);
        Add(c.View, 1, a, b, workers);
        return c;
    }

    private sealed class Product(
        MatrixView c, double* pc, double factor, MatrixView a, double* pa, MatrixView b, double* pb, Triangle partOfA, Triangle partOfC, Workers workers)
    {
        private readonly int tileColumns = ProductTile.Columns;
        private readonly int blockRows = RowsOfABlock(c.Rows, workers.Threads);

        public void Run(CancellationToken cancellation)
        {
            var panels = (Math.Min(BlockColumns, c.Columns) + tileColumns - 1) / tileColumns;
            var packed = ArrayPool<double>.Shared.Rent((panels * tileColumns * Math.Min(Depth, a.Columns)) + LineDoubles);
            fixed (double* start = packed)
            {
                var packedB = (nint)Aligned(start);
                for (var column = 0; column < c.Columns; column += BlockColumns)
                {
                    for (var step = 0; step < a.Columns; step += Depth)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Multiply(column, Math.Min(BlockColumns, c.Columns - column), step, Math.Min(Depth, a.Columns - step), packedB);
                    }
                }
            }

            ArrayPool<double>.Shared.Return(packed);
        }

        private void Multiply(int column, int columns, int step, int depth, nint packedB)
        {
            var panels = (columns + tileColumns - 1) / tileColumns;
            workers.Run(panels, (long)columns * depth, (first, end) => Panels.Pack(
                b.Transposed, pb, column + (first * tileColumns), column + Math.Min(end * tileColumns, columns), step, depth, Triangle.Whole,
                tileColumns, (double*)packedB + ((nint)first * tileColumns * depth)));
            var blocks = (c.Rows + blockRows - 1) / blockRows;
            workers.Run(blocks, (long)c.Rows * columns * depth, (first, end) =>
            {
                var packed = ArrayPool<double>.Shared.Rent((BlockRows * Depth) + LineDoubles);
                fixed (double* start = packed)
                {
                    for (var block = first; block < end; block++)
                        MultiplyBlock(block * blockRows, column, columns, step, depth, Aligned(start), (double*)packedB);
                }

                ArrayPool<double>.Shared.Return(packed);
            });
        }

        private void MultiplyBlock(int row, int column, int columns, int step, int depth, double* packedA, double* packedB)
        {
            var end = Math.Min(row + blockRows, c.Rows);
            if ((partOfA == Triangle.Upper && step + depth <= row)
                || (partOfA == Triangle.Lower && step >= end)
                || (partOfC == Triangle.Lower && end <= column))
            {
                return;
            }

            Panels.Pack(a, pa, row, end, step, depth, partOfA, ProductTile.Rows, packedA);
            var tile = stackalloc double[ProductTile.Rows * ProductTile.MaxColumns];
            for (var j = 0; j < columns; j += tileColumns)
            {
                for (var i = row; i < end; i += ProductTile.Rows)
                {
                    if (partOfC == Triangle.Lower && i + ProductTile.Rows <= column + j)
                        continue;
                    Prefetch(i, Math.Min(ProductTile.Rows, end - i), column + j);
                    ProductTile.Multiply(packedA + ((nint)(i - row) * depth), packedB + ((nint)j * depth), depth, tile);
                    AddTile(i, Math.Min(ProductTile.Rows, end - i), column + j, Math.Min(tileColumns, columns - j), tile);
                }
            }
        }

        // The sums take long enough for the tile of C to come from memory meanwhile.
        private void Prefetch(int row, int rows, int column)
        {
            if (!Sse.IsSupported)
                return;
            var target = pc + c.Offset + ((nint)row * c.RowStep) + ((nint)column * c.ColumnStep);
            for (var i = 0; i < rows; i++, target += c.RowStep)
                Sse.Prefetch0(target);
        }

        private void AddTile(int row, int rows, int column, int columns, double* tile)
        {
            var isWhole = columns == tileColumns && c.ColumnStep == 1 && (partOfC == Triangle.Whole || column + columns <= row + 1);
            for (var i = 0; i < rows; i++, tile += tileColumns)
            {
                var target = pc + c.Offset + ((nint)(row + i) * c.RowStep) + ((nint)column * c.ColumnStep);
                if (isWhole)
                {
                    var scale = Vector256.Create(factor);
                    for (var j = 0; j < columns; j += 4)
                        (Vector256.Load(target + j) + (scale * Vector256.Load(tile + j))).Store(target + j);
                    continue;
                }

                var count = partOfC == Triangle.Lower ? Math.Min(columns, row + i + 1 - column) : columns;
                for (var j = 0; j < count; j++)
                    target[(nint)j * c.ColumnStep] += factor * tile[j];
            }
        }

        // Small products are cut finer, so that every thread gets some.
        private static int RowsOfABlock(int rows, int threads)
        {
            var share = (rows + (4 * threads) - 1) / (4 * threads);
            return Math.Clamp((share + ProductTile.Rows - 1) / ProductTile.Rows, 1, BlockRows / ProductTile.Rows) * ProductTile.Rows;
        }

        private static double* Aligned(double* start) => (double*)(((nint)start + 63) & ~(nint)63);
    }
}
