namespace Pith.Kernels.Algebra;

/// <summary>The leading singular values and vectors of a big matrix: M ≈ U·diag(σ)·Vᵀ.</summary>
/// <remarks>Randomized subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4) on <c>rank + oversampling</c> columns, with the QR step and
/// a Rayleigh-Ritz step each round. A round filters the columns by a Chebyshev polynomial in M·Mᵀ which is small on the spectrum below the
/// smallest value carried (Zhou and Saad 2007): degree 1, a power step, where the spectrum is steep, up to <see cref="MaxDegree"/> where it is
/// flat and plain power steps would creep. Matrices with a side of at most <see cref="DirectSide"/> are decomposed whole. Deterministic for a
/// seed, whatever the threads. Immutable.</remarks>
public sealed class TruncatedSvd
{
    /// <summary>Shorter side up to which all singular values are computed: no iteration, no error of truncation.</summary>
    public const int DirectSide = 128;

    /// <summary>Highest degree of the filter.</summary>
    public const int MaxDegree = 8;

    // The filter may stretch the columns so much apart and no more: their QR factors lose as many digits.
    private const double LargestStretch = 1e5;

    // Gains that fall more slowly than this are taken to fall so.
    private const double SlowestRatio = 0.9;

    // Below this share of the largest, squared singular values are rounding noise.
    private const double Noise = 1e-28;

    private TruncatedSvd(Matrix u, double[] sigma, Matrix v) => (U, Sigma, V) = (u, sigma, v);

    /// <summary>Left vectors, [rows, rank], orthonormal.</summary>
    public Matrix U { get; }

    /// <summary>Singular values, descending, ≥ 0.</summary>
    public double[] Sigma { get; }

    /// <summary>Right vectors, [columns, rank], orthonormal where σ &gt; 0.</summary>
    public Matrix V { get; }

    /// <summary>Rounds after the random start.</summary>
    public int Rounds { get; private init; }

    /// <summary>Products with M or Mᵀ, each of rank + oversampling columns.</summary>
    public int Products { get; private init; }

    /// <summary>‖M − U·diag(σ)·Vᵀ‖² by the trace identity ‖M‖² − Σσ², ≥ 0.</summary>
    public double Residual { get; private init; }

    /// <summary>How far the residual is estimated to lie above the least possible, as a share of it; 0 where all singular values were computed.</summary>
    /// <remarks>What is left to gain if the gains of the rounds go on falling as the last two did.</remarks>
    public double Excess { get; private init; }

    /// <summary>Whether <see cref="Excess"/> is within the tolerance.</summary>
    public bool HasConverged { get; private init; }

    /// <summary>Computes it.</summary>
    /// <param name="m">The matrix M, finite.</param>
    /// <param name="squaredNorm">‖M‖², the sum of all its squared elements.</param>
    /// <param name="options">Rank and effort.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">M has no elements, an option or the norm is out of range.</exception>
    public static TruncatedSvd Of(ILinearMap m, double squaredNorm, TruncatedSvdOptions options, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(m);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Oversampling, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MinRounds, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRounds, options.MinRounds, nameof(options));
        if (!double.IsFinite(squaredNorm) || squaredNorm < 0)
            throw new ArgumentException($"expected a finite matrix, found the squared norm {squaredNorm}", nameof(squaredNorm));
        if (m.Rows == 0 || m.Columns == 0)
            throw new ArgumentException("expected a matrix with elements", nameof(m));
        return new Iteration(m, squaredNorm, options, workers, cancellation).Run();
    }

    private sealed class Iteration(ILinearMap m, double squaredNorm, TruncatedSvdOptions options, Workers workers, CancellationToken cancellation)
    {
        private readonly int side = Math.Min(m.Rows, m.Columns);
        private int products;

        public TruncatedSvd Run()
        {
            var rank = Math.Min(options.Rank, side);
            var columns = side <= DirectSide ? side : (int)Math.Min((long)rank + options.Oversampling, side);
            var q = Multiply(GaussianMatrix.Of(m.Columns, columns, options.Seed));
            double captured = 0, gain = double.PositiveInfinity;
            for (var round = 0; ; round++)
            {
                ThinQr.Factor(q, workers);
                var z = MultiplyTransposed(q);
                var ritz = Ritz.Of(z, workers);
                var sum = ritz.SumOfSquares(rank);
                var residual = Math.Max(squaredNorm - sum, 0);
                var lastGain = gain;
                gain = Math.Max(sum - captured, 0);
                captured = sum;
                var excess = Excess(round, gain, lastGain, residual);
                var cut = ritz.Sigma[^1] * ritz.Sigma[^1];
                var isWhole = columns == side || cut <= Noise * ritz.Sigma[0] * ritz.Sigma[0];
                var hasConverged = isWhole || excess <= options.Tolerance;
                if (isWhole || (hasConverged && round >= options.MinRounds) || round == options.MaxRounds)
                {
                    var (u, v) = ritz.Vectors(q, rank, workers);
                    return new TruncatedSvd(u, ritz.Sigma[..rank], v)
                    {
                        Rounds = round, Products = products, Residual = residual, Excess = isWhole ? 0 : excess, HasConverged = hasConverged,
                    };
                }

                q = Filter(q, z, cut, Degree(ritz.Sigma[0] * ritz.Sigma[0] / cut));
            }
        }

        // Gains fall about geometrically: after this one, gain·(ρ + ρ² + …) are to come. The first round's gain says nothing.
        private static double Excess(int round, double gain, double lastGain, double residual)
        {
            if (gain == 0 || residual == 0)
                return 0;
            var ratio = round < 2 ? SlowestRatio : Math.Min(gain / lastGain, SlowestRatio);
            return gain * ratio / (1 - ratio) / residual;
        }

        // T_d(2·M·Mᵀ/cut − 1)·Q by the three-term recurrence; z is Mᵀ·Q.
        private Matrix Filter(Matrix q, Matrix z, double cut, int degree)
        {
            var (before, last) = (q, Multiply(z));
            for (var i = 0; i < last.Values.Length; i++)
                last.Values[i] = (2 / cut * last.Values[i]) - q.Values[i];
            for (var d = 2; d <= degree; d++)
            {
                var next = Multiply(MultiplyTransposed(last));
                for (var i = 0; i < next.Values.Length; i++)
                    next.Values[i] = (2 * ((2 / cut * next.Values[i]) - last.Values[i])) - before.Values[i];
                (before, last) = (last, next);
            }

            return last;
        }

        // The highest degree that stretches the leading column, whose eigenvalue is `ratio` cuts, no more than allowed.
        private static int Degree(double ratio)
        {
            var angle = Math.Acosh(Math.Max((2 * ratio) - 1, 1));
            return angle == 0 ? MaxDegree : (int)Math.Clamp(Math.Acosh(LargestStretch) / angle, 1, MaxDegree);
        }

        private Matrix Multiply(Matrix x)
        {
            products++;
            return m.Multiply(x, workers, cancellation);
        }

        private Matrix MultiplyTransposed(Matrix x)
        {
            products++;
            return m.MultiplyTransposed(x, workers, cancellation);
        }
    }
}
