using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>F = Lᵀ with L·Lᵀ = R + εI.</summary>
/// <remarks>One array holds both: L in its lower triangle, what is left of R above the diagonal. So a failed try can be undone and R is there
/// for <see cref="Feedback"/>, without a second array of the size.</remarks>
internal sealed class CholeskyScale : ScaleMatrix
{
    private const double FirstShare = 1e-6;
    private const double LastShare = 1;

    private readonly Matrix factor;
    private readonly double[] diagonal;

    private CholeskyScale(Matrix factor, double[] diagonal, double regularization)
        : base(factor.Rows) => (this.factor, this.diagonal, Regularization) = (factor, diagonal, regularization);

    public override double Regularization { get; }

    private MatrixView F => factor.View.Transposed;

    /// <summary>Factors R, which is taken over.</summary>
    public static ScaleMatrix Of(Matrix r, Workers workers, CancellationToken cancellation)
    {
        var squares = new double[r.Rows];
        for (var i = 0; i < squares.Length; i++)
            squares[i] = r[i, i];
        DiagonalScale.Require(squares, "diagonal of E[xᵀx]");
        var mean = squares.Average();
        if (mean == 0)
            return Identity(r.Rows);
        for (var share = FirstShare; share <= LastShare * 1.5; share *= 10)
        {
            Restore(r, r, squares, share * mean);
            if (Cholesky.TryFactor(r.View, workers, cancellation))
                return new CholeskyScale(r, squares, share * mean);
        }

        throw new PithException(
            CompressErrors.BadStatistics,
            string.Create(CultureInfo.InvariantCulture, $"E[xᵀx]: expected a finite positive semidefinite matrix, found one that is not, with the mean of its diagonal {mean}"));
    }

    internal override Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation)
    {
        var y = new Matrix(Inputs, x.Columns);
        MatrixProduct.Add(y.View, 1, F, x.View, workers, Triangle.Upper, cancellation: cancellation);
        return y;
    }

    internal override void Solve(Matrix x, Workers workers, CancellationToken cancellation) =>
        TriangularSolve.Upper(F, x.View, workers, cancellation);

    internal override void ApplyToRows(SingleMatrix d, Workers workers, CancellationToken cancellation) =>
        TriangularProduct.Overwrite(d, factor, workers, cancellation);

    internal override Matrix Feedback(double damping, Workers workers, CancellationToken cancellation)
    {
        var u = new Matrix(Inputs, Inputs);
        Restore(factor, u, diagonal, Math.Max(damping * diagonal.Average(), Regularization));
        if (!Cholesky.TryFactor(u.View.Reversed, workers, cancellation))
            throw new PithException(CompressErrors.BadStatistics, "E[xᵀx]: expected a positive semidefinite matrix, found one that is not");
        for (var i = 0; i < Inputs; i++)
        {
            var row = u.Row(i);
            for (var j = i + 1; j < Inputs; j++)
                row[j] /= u[j, j];
        }

        return u;
    }

    // target := R + εI, both triangles, from R's upper triangle and its diagonal.
    private static void Restore(Matrix r, Matrix target, double[] diagonal, double regularization)
    {
        for (var i = 0; i < r.Rows; i++)
        {
            r.Row(i)[(i + 1)..].CopyTo(target.Row(i)[(i + 1)..]);
            for (var j = 0; j < i; j++)
                target[i, j] = r[j, i];
            target[i, i] = diagonal[i] + regularization;
        }
    }
}
