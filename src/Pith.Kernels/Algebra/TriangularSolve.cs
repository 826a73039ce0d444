using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Algebra;

/// <summary>Solves triangular systems with many right-hand sides, in place.</summary>
/// <remarks>Recursive halving: all but blocks of <see cref="Base"/> are matrix products. Every element is computed in one order, whatever the
/// threads and its neighbours. Backward stable: nothing is inverted. Thread-safe on different B.</remarks>
public static unsafe class TriangularSolve
{
    internal const int Base = 64;

    // Right-hand sides solved together: four vectors, enough chains to hide the latency of a multiply-add.
    private const int Lanes = 16;

    /// <summary>X with L·X = B, written over B.</summary>
    /// <param name="l">[n, n]; its lower triangle counts.</param>
    /// <param name="b">[n, columns].</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Stops between blocks; B is then partly done.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Lower(MatrixView l, MatrixView b, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (l.Rows != l.Columns || l.Rows != b.Rows)
            throw new ArgumentException($"[{l.Rows}, {l.Columns}] does not solve for [{b.Rows}, {b.Columns}]", nameof(b));
        SolveLower(l, b, workers, cancellation);
    }

    /// <summary>X with U·X = B, written over B.</summary>
    /// <param name="u">[n, n]; its upper triangle counts. For Lᵀ pass the transposed view of L.</param>
    /// <param name="b">[n, columns].</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Stops between blocks; B is then partly done.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Upper(MatrixView u, MatrixView b, Workers workers, CancellationToken cancellation = default) =>
        Lower(u.Reversed, b.RowsReversed, workers, cancellation);

    private static void SolveLower(MatrixView l, MatrixView b, Workers workers, CancellationToken cancellation)
    {
        if (l.Rows <= Base)
        {
            SolveBase(l, b, workers);
            return;
        }

        var half = (l.Rows / 2 / Base * Base) + (l.Rows / 2 < Base ? Base : 0);
        var rest = l.Rows - half;
        var (upper, lower) = (b.RowRange(0, half), b.RowRange(half, rest));
        SolveLower(l.Slice(0, half, 0, half), upper, workers, cancellation);
        MatrixProduct.Add(lower, -1, l.Slice(half, rest, 0, half), upper, workers, cancellation: cancellation);
        SolveLower(l.Slice(half, rest, half, rest), lower, workers, cancellation);
    }

    private static void SolveBase(MatrixView l, MatrixView b, Workers workers)
    {
        var n = l.Rows;
        var triangle = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
                triangle[(i * n) + j] = l[i, j];
        }

        var groups = (b.Columns + Lanes - 1) / Lanes;
        workers.Run(groups, (long)n * n * b.Columns / 2, (first, end) =>
        {
            var x = stackalloc double[Base * Lanes];
            fixed (double* pl = triangle, pb = b.Values)
            {
                for (var group = first; group < end; group++)
                {
                    var count = Math.Min(Lanes, b.Columns - (group * Lanes));
                    var corner = pb + b.Offset + ((nint)group * Lanes * b.ColumnStep);
                    Move(corner, b, count, x, isLoad: true);
                    Substitute(pl, n, x);
                    Move(corner, b, count, x, isLoad: false);
                }
            }
        });
    }

    // Between the columns of B and the lanes; lanes without a column hold zeros.
    private static void Move(double* corner, MatrixView b, int count, double* x, bool isLoad)
    {
        nint rowStep = b.RowStep, columnStep = b.ColumnStep;
        if (isLoad && count < Lanes)
            new Span<double>(x, b.Rows * Lanes).Clear();
        for (var lane = 0; lane < count; lane++)
        {
            var column = corner + (lane * columnStep);
            for (var i = 0; i < b.Rows; i++, column += rowStep)
            {
                if (isLoad)
                    x[(i * Lanes) + lane] = *column;
                else
                    *column = x[(i * Lanes) + lane];
            }
        }
    }

    // x[i] = (x[i] − Σ_{k<i} l[i, k]·x[k]) / l[i, i], sixteen right-hand sides in four vectors; as AlgebraReference.SolveLower.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Substitute(double* l, int n, double* x)
    {
        for (var i = 0; i < n; i++)
        {
            var own = x + (i * Lanes);
            Vector256<double> s0 = Vector256.Load(own), s1 = Vector256.Load(own + 4), s2 = Vector256.Load(own + 8), s3 = Vector256.Load(own + 12);
            var other = x;
            for (var k = 0; k < i; k++, other += Lanes)
            {
                var factor = Vector256.Create(-l[(i * n) + k]);
                s0 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(other), s0);
                s1 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(other + 4), s1);
                s2 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(other + 8), s2);
                s3 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(other + 12), s3);
            }

            var diagonal = Vector256.Create(l[(i * n) + i]);
            (s0 / diagonal).Store(own);
            (s1 / diagonal).Store(own + 4);
            (s2 / diagonal).Store(own + 8);
            (s3 / diagonal).Store(own + 12);
        }
    }
}
