namespace Pith.Kernels.Algebra;

/// <summary>What a matrix M looks like from an orthonormal basis Q of some of its columns' space: the decomposition of Q·Qᵀ·M.</summary>
/// <remarks>Mᵀ·Q = P·T by QR, then T = U₁·diag(σ)·V₁ᵀ by rotations: no Gram matrix, so small values keep their digits, and V₁ is orthonormal
/// also where σ is zero.</remarks>
internal sealed class Ritz
{
    private readonly Matrix basis;
    private readonly JacobiSvd small;

    private Ritz(Matrix basis, JacobiSvd small) => (this.basis, this.small) = (basis, small);

    /// <summary>Singular values, descending.</summary>
    public double[] Sigma => small.Sigma;

    /// <summary>Decomposes.</summary>
    /// <param name="z">Mᵀ·Q, [columns of M, columns of Q]; kept as it is.</param>
    /// <param name="workers">The threads to use.</param>
    public static Ritz Of(Matrix z, Workers workers)
    {
        var p = z.View.ToMatrix();
        var t = ThinQr.Factor(p, workers);
        return new Ritz(p, JacobiSvd.Of(t.View));
    }

    /// <summary>Σσ² of the first <paramref name="rank"/>.</summary>
    public double SumOfSquares(int rank) => VectorSums.Dot(Sigma.AsSpan(0, rank), Sigma.AsSpan(0, rank));

    /// <summary>The first left vectors, Q·V₁, and right ones, P·U₁.</summary>
    public (Matrix U, Matrix V) Vectors(Matrix q, int rank, Workers workers) =>
        (MatrixProduct.Of(q.View, small.V.View.Slice(0, small.V.Rows, 0, rank), workers),
            MatrixProduct.Of(basis.View, small.U.View.Slice(0, small.U.Rows, 0, rank), workers));
}
