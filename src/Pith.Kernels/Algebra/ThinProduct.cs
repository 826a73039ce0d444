using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Algebra;

/// <summary>S·X and Sᵀ·X for a big matrix S of single numbers and a thin one X.</summary>
/// <remarks>Every element is summed in one order, whatever the threads and the vectors: the contraction in blocks of <see cref="Depth"/>, each one chain of
/// single-precision fused multiply-adds from zero, the blocks added in double precision. X is scaled to at most 1 before it is narrowed. S is read once and its
/// time is that of the multiply-adds: tiles of four elements of S times 24 columns of X stay in registers, a block of X in the first-level cache. Thread-safe.
/// Scalar equivalent: <see cref="AlgebraReference.Multiply"/>.</remarks>
internal static unsafe class ThinProduct
{
    /// <summary>Steps of the contraction summed in single precision.</summary>
    public const int Depth = 256;

    private const int TileRows = 4;
    private const int TileColumns = 24;
    private const int BlockRows = 128;

    // From a packed tile to the next: a line more than it has, so that all do not fall into one set of the cache.
    private const int TileStride = (TileRows * Depth) + 16;

    /// <summary>Computes it.</summary>
    /// <param name="s">S.</param>
    /// <param name="isTransposed">Whether Sᵀ is meant.</param>
    /// <param name="x">X, [columns of S, any], or [rows of S, any] for the transposed; finite.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Matrix Of(SingleMatrix s, bool isTransposed, Matrix x, Workers workers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(workers);
        var (rows, inner) = isTransposed ? (s.Columns, s.Rows) : (s.Rows, s.Columns);
        if (x.Rows != inner)
            throw new ArgumentException($"[{rows}, {inner}] does not fit [{x.Rows}, {x.Columns}]", nameof(x));
        var groups = (x.Columns + TileColumns - 1) / TileColumns;
        var largest = Math.Max(x.Values.Max(Math.Abs), double.Epsilon);
        var narrow = Narrow(x, groups, largest);
        var y = new Matrix(rows, x.Columns);
        workers.Run((rows + BlockRows - 1) / BlockRows, (long)rows * inner * x.Columns, (first, end) =>
        {
            var sums = ArrayPool<double>.Shared.Rent(BlockRows * groups * TileColumns);
            var packed = ArrayPool<float>.Shared.Rent(BlockRows / TileRows * TileStride);
            for (var block = first; block < end; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = block * BlockRows;
                var count = Math.Min(BlockRows, rows - row);
                Array.Clear(sums);
                fixed (float* ps = s.Values, px = narrow, pp = packed)
                fixed (double* to = sums)
                    AddBlock(ps, s.Columns, isTransposed, row, count, inner, px, groups, pp, to);
                for (var i = 0; i < count; i++)
                {
                    var target = y.Row(row + i);
                    for (var j = 0; j < target.Length; j++)
                        target[j] = sums[(i * groups * TileColumns) + j] * largest * s.Unit;
                }
            }

            ArrayPool<float>.Shared.Return(packed);
            ArrayPool<double>.Shared.Return(sums);
        });
        return y;
    }

    // [block of Depth steps][group of columns][step][24], the steps of the last block only as many as there are.
    private static float[] Narrow(Matrix x, int groups, double largest)
    {
        var narrow = new float[(long)x.Rows * groups * TileColumns];
        for (var step = 0; step < x.Rows; step++)
        {
            var start = step / Depth * Depth;
            var depth = Math.Min(Depth, x.Rows - start);
            var row = x.Row(step);
            for (var j = 0; j < row.Length; j++)
                narrow[(((start * groups) + (j / TileColumns * depth) + step - start) * TileColumns) + (j % TileColumns)] = (float)(row[j] / largest);
        }

        return narrow;
    }

    private static void AddBlock(
        float* s, nint stride, bool isTransposed, int row, int count, int inner, float* x, int groups, float* packed, double* sums)
    {
        for (var step = 0; step < inner; step += Depth)
        {
            var depth = Math.Min(Depth, inner - step);
            var corner = isTransposed ? s + (step * stride) + row : s + (row * stride) + step;
            if (isTransposed)
                PackColumns(corner, stride, count, depth, packed);
            else
                PackRest(corner, stride, count, depth, packed);
            for (var group = 0; group < groups; group++)
            {
                var block = x + ((((nint)step * groups) + ((nint)group * depth)) * TileColumns);
                for (var i = 0; i < count; i += TileRows)
                {
                    var to = sums + ((((nint)i * groups) + group) * TileColumns);
                    if (isTransposed || i + TileRows > count)
                        AddTile(packed + (i / TileRows * TileStride), 1, TileRows, block, depth, to, groups * TileColumns);
                    else
                        AddTile(corner + (i * stride), stride, 1, block, depth, to, groups * TileColumns);
                }
            }
        }
    }

    // [tile][step][4], zeros where there is no row.
    private static void PackColumns(float* s, nint stride, int count, int depth, float* packed)
    {
        var whole = count / TileRows * TileRows;
        for (var step = 0; step < depth; step++, s += stride, packed += TileRows)
        {
            for (var i = 0; i < whole; i += TileRows)
                Vector128.Load(s + i).Store(packed + (i / TileRows * TileStride));
            for (var i = whole; i < count; i++)
                packed[(whole / TileRows * TileStride) + i - whole] = s[i];
            for (var i = count; i < whole + TileRows && whole < count; i++)
                packed[(whole / TileRows * TileStride) + i - whole] = 0;
        }
    }

    // The same for the rows behind the last whole tile.
    private static void PackRest(float* s, nint stride, int count, int depth, float* packed)
    {
        for (var i = count / TileRows * TileRows; i < (count + TileRows - 1) / TileRows * TileRows; i++)
        {
            var to = packed + (i / TileRows * TileStride) + (i % TileRows);
            for (var step = 0; step < depth; step++)
                to[step * TileRows] = i < count ? s[(i * stride) + step] : 0;
        }
    }

    // Twelve sums stay in registers; every step loads three vectors and four numbers for twelve multiply-adds. Name: s, row of S, vector of X.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddTile(float* s, nint rowStep, nint innerStep, float* x, int depth, double* sums, nint stride)
    {
        float* a0 = s, a1 = s + rowStep, a2 = a1 + rowStep, a3 = a2 + rowStep;
        Vector256<float> s00 = default, s01 = default, s02 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default;
        Vector256<float> s30 = default, s31 = default, s32 = default;
        for (nint step = 0, k = 0; step < depth; step++, k += innerStep)
        {
            var x0 = Vector256.Load(x);
            var x1 = Vector256.Load(x + 8);
            var x2 = Vector256.Load(x + 16);
            var a = Vector256.Create(a0[k]);
            s00 = Vector256.FusedMultiplyAdd(a, x0, s00);
            s01 = Vector256.FusedMultiplyAdd(a, x1, s01);
            s02 = Vector256.FusedMultiplyAdd(a, x2, s02);
            a = Vector256.Create(a1[k]);
            s10 = Vector256.FusedMultiplyAdd(a, x0, s10);
            s11 = Vector256.FusedMultiplyAdd(a, x1, s11);
            s12 = Vector256.FusedMultiplyAdd(a, x2, s12);
            a = Vector256.Create(a2[k]);
            s20 = Vector256.FusedMultiplyAdd(a, x0, s20);
            s21 = Vector256.FusedMultiplyAdd(a, x1, s21);
            s22 = Vector256.FusedMultiplyAdd(a, x2, s22);
            a = Vector256.Create(a3[k]);
            s30 = Vector256.FusedMultiplyAdd(a, x0, s30);
            s31 = Vector256.FusedMultiplyAdd(a, x1, s31);
            s32 = Vector256.FusedMultiplyAdd(a, x2, s32);
            x += TileColumns;
        }

        Add(s00, s01, s02, sums);
        Add(s10, s11, s12, sums + stride);
        Add(s20, s21, s22, sums + (2 * stride));
        Add(s30, s31, s32, sums + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> a, Vector256<float> b, Vector256<float> c, double* sums)
    {
        Add(a, sums);
        Add(b, sums + 8);
        Add(c, sums + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> values, double* sums)
    {
        (Vector256.Load(sums) + Vector256.WidenLower(values)).Store(sums);
        (Vector256.Load(sums + 4) + Vector256.WidenUpper(values)).Store(sums + 4);
    }
}
