using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>Rebuilds the rounding error of one weight as a product of two thin factors.</summary>
/// <remarks>E = (W − Ŵ)ᵀ [inputs, outputs]; F·E = U·Σ·Vᵀ, cut after k; A = F⁻¹·U, B = Σ·Vᵀ. That is the rank-k matrix with the least ‖F·(E − A·B)‖.
/// Which F makes which method: <see cref="ScaleMatrix"/>. Sources: LQER (arXiv 2402.02446, eq. 8-10), QERA (arXiv 2410.06040, theorem 1), with Cholesky
/// factors in place of the square root. Cost O(inputs·outputs·k), with a second moment O(inputs²·outputs) for the norm. Memory: three
/// times the weight's floats, the weight and its rounded values among them. Deterministic for a seed, whatever the threads. Thread-safe.</remarks>
public static class LowRankSolver
{
    /// <summary>Finds the term.</summary>
    /// <param name="weight">W, [outputs, inputs], row-major.</param>
    /// <param name="rounded">Ŵ, the values of the quantized weight; empty for the term that stands for W itself.</param>
    /// <param name="scale">F, for this weight's inputs.</param>
    /// <param name="options">Rank and format.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or an option is out of range.</exception>
    /// <exception cref="PithException">A weight is not finite (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static LowRankResult Solve(
        ReadOnlyMemory<float> weight,
        ReadOnlyMemory<float> rounded,
        ScaleMatrix scale,
        LowRankOptions options,
        Workers workers,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var error = new ScaledError(weight, rounded, scale, workers, cancellation);
        if (!double.IsFinite(error.SquaredNorm))
            throw new PithException(CompressErrors.NonFiniteWeight, "a low-rank term needs finite weights, found a NaN, an infinity, or an overflow");
        var svd = TruncatedSvd.Of(error, error.SquaredNorm, SvdOptions(options), workers, cancellation);
        scale.Solve(svd.U, workers, cancellation);
        var term = new LowRankTerm(error.Rows, error.Columns, svd.Sigma.Length, Transposed(svd.U), Scaled(svd.V, svd.Sigma));
        if (options.Format is { } format)
            term = term.Rounded(format);
        return new LowRankResult(
            term, svd.Sigma, Math.Sqrt(error.SquaredNorm), Math.Sqrt(svd.Residual),
            Math.Sqrt(error.SquaredNormWith(term, workers, cancellation)), scale.Regularization, svd.Rounds, svd.HasConverged);
    }

    /// <summary>‖F·(E − A·B)‖ of a weight with a term, or ‖F·E‖ without: the output error by which methods are compared.</summary>
    /// <param name="weight">W, [outputs, inputs], row-major.</param>
    /// <param name="rounded">Ŵ, as long; empty for zero.</param>
    /// <param name="term">The term; null for none.</param>
    /// <param name="scale">F: the same for all that is compared, best the one of the second moment.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public static double Error(
        ReadOnlyMemory<float> weight,
        ReadOnlyMemory<float> rounded,
        LowRankTerm? term,
        ScaleMatrix scale,
        Workers workers,
        CancellationToken cancellation = default)
    {
        var error = new ScaledError(weight, rounded, scale, workers, cancellation);
        return Math.Sqrt(term is null ? error.SquaredNorm : error.SquaredNormWith(term, workers, cancellation));
    }

    private static TruncatedSvdOptions SvdOptions(LowRankOptions options) => new()
    {
        Rank = options.Rank,
        MaxRounds = options.MaxRounds,
        Tolerance = options.Tolerance,
        Seed = options.Seed,
    };

    private static float[] Transposed(Matrix u)
    {
        var values = new float[u.Values.Length];
        for (var i = 0; i < u.Rows; i++)
        {
            for (var j = 0; j < u.Columns; j++)
                values[(j * u.Rows) + i] = (float)u[i, j];
        }

        return values;
    }

    private static float[] Scaled(Matrix v, double[] sigma)
    {
        var values = new float[v.Values.Length];
        for (var i = 0; i < v.Rows; i++)
        {
            for (var j = 0; j < v.Columns; j++)
                values[(i * v.Columns) + j] = (float)(v[i, j] * sigma[j]);
        }

        return values;
    }
}
