using CsCheck;
using Pith.Compress.LowRank;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Algebra;
using Pith.Kernels;

namespace Pith.Compress.Tests.LowRank;

/// <summary>The numerical acceptance tests of low-rank reconstruction, and its edges.</summary>
public sealed class LowRankSolverTests
{
    private static readonly NumberFormat s_format = NumberFormat.Parse("mxint4:16");
    private static readonly LowRankOptions s_thorough = new() { Rank = 6, MaxRounds = 60, Tolerance = 1e-12 };

    // Half a unit in the last place of a float of magnitude 1: the relative error of a factor's rounding to 32 bits.
    private const double Single = 1.0 / (1 << 24);

    public static TheoryData<int, int> Shapes => new() { { 40, 24 }, { 24, 40 }, { 1, 33 }, { 33, 1 }, { 17, 31 }, { 64, 64 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Solve_FullRank_RebuildsTheWeight(int outputs, int inputs)
    {
        var (w, q) = Rounded(outputs, inputs, 1);
        var rank = Math.Min(inputs, outputs);
        foreach (var scale in Scales(inputs, 2))
        {
            var result = LowRankSolver.Solve(w, q, scale, new LowRankOptions { Rank = rank }, Problems.Two);
            Assert.Equal(rank, result.Term.Rank);

            // Each element is a sum of `rank` products of two rounded factors; A is at most as far from orthogonal as F is.
            var rest = LowRankSolver.Error(w, q, result.Term, scale, Workers.Single);
            Assert.True(rest <= 4 * Math.Sqrt(rank) * Math.Max(Single, 1e-7) * result.ErrorBefore, $"{rest} of {result.ErrorBefore}");
        }
    }

    // Factors in mxint8 have steps of 2^-7 of their block's largest element: a full-rank term is as good as that.
    [Fact]
    public void Solve_FullRankInFormat_RebuildsTheWeightToItsPrecision()
    {
        var (w, q) = Rounded(32, 32, 1);
        var options = new LowRankOptions { Rank = 32, Format = NumberFormat.Parse("mxint8:16") };
        var result = LowRankSolver.Solve(w, q, ScaleMatrix.Identity(32), options, Problems.Two);
        Assert.True(result.ErrorAfter <= result.ErrorBefore * 32 / 128, $"{result.ErrorAfter} of {result.ErrorBefore}");
        Assert.Equal(options.Format is null, result.ErrorAfter < 1e-6 * result.ErrorBefore);
    }

    [Fact]
    public void Solve_SecondMomentIsIdentity_IsLqer()
    {
        var (w, q) = Rounded(30, 20, 3);
        var identity = new Matrix(20, 20);
        for (var i = 0; i < 20; i++)
            identity[i, i] = 1;
        var exact = LowRankSolver.Solve(w, q, ScaleMatrix.OfSecondMoment(identity, Problems.Two), s_thorough, Problems.Two);
        var plain = LowRankSolver.Solve(w, q, ScaleMatrix.Identity(20), s_thorough, Problems.Two);
        AssertSameProduct(plain, exact, w, q, 20, 2e-6);
    }

    [Fact]
    public void Solve_SecondMomentIsDiagonal_IsTheScaledForm()
    {
        var (w, q) = Rounded(30, 20, 4);
        var squares = Enumerable.Range(0, 20).Select(i => Math.Exp(Math.Sin(i))).ToArray();
        var r = new Matrix(20, 20);
        for (var i = 0; i < 20; i++)
            r[i, i] = squares[i];
        var exact = LowRankSolver.Solve(w, q, ScaleMatrix.OfSecondMoment(r, Problems.Two), s_thorough, Problems.Two);
        var diagonal = LowRankSolver.Solve(w, q, ScaleMatrix.OfMeanSquares(squares), s_thorough, Problems.Two);
        AssertSameProduct(diagonal, exact, w, q, 20, 1e-5);

        // L²QER takes means of |x| in place of roots of means of x²; with those it is the same form.
        var roots = Array.ConvertAll(squares, Math.Sqrt);
        var means = LowRankSolver.Solve(w, q, ScaleMatrix.OfLargestMeans(roots), s_thorough, Problems.Two);
        AssertSameProduct(diagonal, means, w, q, 20, 1e-6);
    }

    // 600 inputs: the scaled error is held in single precision. All singular values of 24 outputs are found, so nothing else differs.
    [Fact]
    public void Solve_ManyInputs_HasTheSingularValuesOfTheErrorInDoubles()
    {
        const int outputs = 24, inputs = 600;
        var (w, q) = Rounded(outputs, inputs, 9);
        var error = new Matrix(inputs, outputs);
        for (var i = 0; i < w.Length; i++)
            error[i % inputs, i / inputs] = (double)w[i] - q[i];
        foreach (var scale in Scales(inputs, 2))
        {
            var scaled = scale.Multiply(error, Problems.Two, default);
            var expected = TruncatedSvd.Of(
                new MatrixMap(scaled.View), scaled.Values.Sum(x => x * x), new TruncatedSvdOptions { Rank = outputs }, Problems.Two);
            var found = LowRankSolver.Solve(w, q, scale, new LowRankOptions { Rank = 6 }, Problems.Two);
            for (var i = 0; i < 6; i++)
                Assert.Equal(1, found.SingularValues[i] / expected.Sigma[i], 1e-6);
            var rest = Math.Sqrt(expected.Sigma[6..].Sum(x => x * x));
            Assert.Equal(1, found.ErrorAfter / rest, 1e-6);
            Assert.Equal(1, found.ErrorExact / rest, 1e-6);
        }
    }

    // Any F with FᵀF = R gives the same C: the symmetric root, by eigenvalues, as the paper has it.
    [Fact]
    public void Solve_CholeskyOrSquareRoot_GivesTheSameProduct() => Gen.Select(Gen.Int[8, 24], Gen.Int[8, 24], Gen.Int[0, 1_000_000]).Sample(
        (outputs, inputs, seed) =>
        {
            var (w, q) = Rounded(outputs, inputs, seed);
            var x = Problems.Inputs(200, inputs, seed);
            var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
            var r = Problems.SecondMoment(x);
            for (var i = 0; i < inputs; i++)
                r[i, i] += scale.Regularization;
            const int rank = 4;
            var result = LowRankSolver.Solve(w, q, scale, s_thorough with { Rank = rank }, Problems.Two);
            var root = Problems.SquareRoot(r);
            var svd = (root * Problems.ToMathNet(Problems.Rest(w, q, null, inputs))).Svd();
            var scaled = svd.U.SubMatrix(0, inputs, 0, rank) * svd.W.SubMatrix(0, rank, 0, rank) * svd.VT.SubMatrix(0, rank, 0, outputs);
            var expected = root.Solve(scaled);
            var rest = Problems.ToMathNet(Problems.Rest(w, q, null, inputs)) - Problems.ToMathNet(Problems.Rest(w, q, result, inputs));
            var gap = svd.S[rank - 1] - (rank < svd.S.Count ? svd.S[rank] : 0);

            // Neighbouring singular values mix: the product moves by the rounding over their gap.
            var tolerance = 1e-5 * Math.Max(1, 0.02 * svd.S[0] / gap);
            Assert.True((rest - expected).FrobeniusNorm() <= tolerance * expected.FrobeniusNorm());
        },
        iter: 20);

    [Theory]
    [InlineData(48, 40, 1)]
    [InlineData(150, 140, 2)]
    [InlineData(140, 170, 3)]
    public void Solve_Exact_ReachesTheOptimumOfTheDenseDecomposition(int outputs, int inputs, int seed)
    {
        var (w, q) = Rounded(outputs, inputs, seed);
        var x = Problems.Inputs(2 * inputs, inputs, seed);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        var r = Problems.SecondMoment(x);
        for (var i = 0; i < inputs; i++)
            r[i, i] += scale.Regularization;
        var result = LowRankSolver.Solve(w, q, scale, s_thorough, Problems.Two);
        var least = Problems.LeastError(r, Problems.Rest(w, q, null, inputs), 6);
        Assert.Equal(least, result.ErrorExact, 1e-6 * least);
        Assert.Equal(least, result.ErrorAfter, 1e-6 * least);
        Assert.True(result.HasConverged);
    }

    [Fact]
    public void Solve_OnCalibrationInputs_ExactIsNeverWorse() => Gen.Select(Gen.Int[5, 60], Gen.Int[5, 60], Gen.Int[1, 8], Gen.Int[0, 1_000_000]).Sample(
        (outputs, inputs, rank, seed) =>
        {
            var (w, q) = Rounded(outputs, inputs, seed);
            var x = Problems.Inputs(2 * inputs, inputs, seed);
            var options = new LowRankOptions { Rank = rank };
            double Error(ScaleMatrix? scale) => Problems.OutputError(
                x, Problems.Rest(w, q, scale is null ? null : LowRankSolver.Solve(w, q, scale, options, Problems.Two), inputs));
            var exact = Error(ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two));

            // ε is 10^-6 of the mean square, which moves the optimum by about as much; where a rank rebuilds all, floats leave their rounding.
            var none = Error(null);
            var slack = 1e-6 * none;
            Assert.True(exact <= slack + (Error(ScaleMatrix.OfMeanSquares(Problems.MeanSquares(x))) * (1 + 1e-6)));
            Assert.True(exact <= slack + (Error(ScaleMatrix.Identity(inputs)) * (1 + 1e-6)));
            Assert.True(exact <= slack + none);
        },
        iter: 15);

    [Fact]
    public void Solve_ErrorsItReports_AreThoseOnTheInputs()
    {
        var (w, q) = Rounded(50, 40, 7);
        var x = Problems.Inputs(120, 40, 7);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        var options = new LowRankOptions { Rank = 16, Format = NumberFormat.Parse("mxint8:16") };
        var result = LowRankSolver.Solve(w, q, scale, options, Problems.Two);
        var before = Problems.OutputError(x, Problems.Rest(w, q, null, 40));
        var after = Problems.OutputError(x, Problems.Rest(w, q, result, 40));

        // The reported errors hold ε as well, 10^-6 of the mean square; the inputs here differ by a factor of 50 in size.
        Assert.Equal(before, result.ErrorBefore, 1e-4 * before);
        Assert.Equal(after, result.ErrorAfter, 1e-4 * before);
        Assert.True(result.ErrorExact <= result.ErrorAfter);
        Assert.Equal(result.ErrorAfter, LowRankSolver.Error(w, q, result.Term, scale, Workers.Single), 1e-9 * before);
        Assert.Equal(result.ErrorBefore, LowRankSolver.Error(w, q, null, scale, Workers.Single), 1e-12 * before);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    public void Solve_FewerTokensThanInputs_StillWorks(int tokens)
    {
        var (w, q) = Rounded(30, 40, 8);
        var x = Problems.Inputs(tokens, 40, 8);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        Assert.True(scale.Regularization > 0);
        var result = LowRankSolver.Solve(w, q, scale, s_thorough, Problems.Two);
        Assert.All(result.Term.TransposedA, value => Assert.True(float.IsFinite(value)));

        // Rank 6 takes out the error on five tokens; what is left is what ε adds.
        var left = Problems.OutputError(x, Problems.Rest(w, q, result, 40));
        Assert.True(left <= 0.02 * Problems.OutputError(x, Problems.Rest(w, q, null, 40)));
    }

    [Fact]
    public void Solve_NoInputsAtAll_IsThePlainMethod()
    {
        var (w, q) = Rounded(12, 10, 9);
        var plain = LowRankSolver.Solve(w, q, ScaleMatrix.Identity(10), s_thorough, Problems.Two);
        var zeros = LowRankSolver.Solve(w, q, ScaleMatrix.OfSecondMoment(new Matrix(10, 10), Problems.Two), s_thorough, Problems.Two);
        Assert.Equal(plain.Term.TransposedA, zeros.Term.TransposedA);
        Assert.Equal(plain.ErrorAfter, LowRankSolver.Solve(w, q, ScaleMatrix.OfMeanSquares(new double[10]), s_thorough, Problems.Two).ErrorAfter);
    }

    [Fact]
    public void Solve_NothingToRebuild_GivesZero()
    {
        var w = Problems.Weight(20, 16, 10);
        var result = LowRankSolver.Solve(w, w, ScaleMatrix.Identity(16), s_thorough, Problems.Two);
        Assert.Equal(0, result.ErrorBefore);
        Assert.Equal(0, result.ErrorAfter);
        Assert.All(result.Term.TransposedB, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Solve_SameSeed_GivesTheSameBitsOnAnyThreads()
    {
        var (w, q) = Rounded(200, 180, 11);
        var x = Problems.Inputs(300, 180, 11);
        LowRankResult Solve(int threads, int seed) => LowRankSolver.Solve(
            w, q, ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), new Workers(threads)), new LowRankOptions { Rank = 5, Seed = seed }, new Workers(threads));
        var (one, five) = (Solve(1, 0), Solve(5, 0));
        Assert.Equal(one.Term.TransposedA, five.Term.TransposedA);
        Assert.Equal(one.Term.TransposedB, five.Term.TransposedB);
        Assert.Equal(one.ErrorAfter, five.ErrorAfter);
        Assert.NotEqual(one.Term.TransposedB, Solve(1, 1).Term.TransposedB);
    }

    [Fact]
    public void Solve_SmallerRank_IsTheBeginningOfTheLarger()
    {
        var (w, q) = Rounded(40, 30, 12);
        var scale = Scales(30, 12).Last();
        var large = LowRankSolver.Solve(w, q, scale, s_thorough with { Rank = 8 }, Problems.Two);
        var small = LowRankSolver.Solve(w, q, scale, s_thorough with { Rank = 3 }, Problems.Two);
        var cut = LowRankSolver.Error(w, q, large.Term.Truncated(3), scale, Workers.Single);
        Assert.Equal(small.ErrorAfter, cut, 1e-7 * small.ErrorBefore);
        Assert.Equal(small.ErrorExact, Math.Sqrt((large.ErrorBefore * large.ErrorBefore) - large.SingularValues.Take(3).Sum(s => s * s)), 1e-9);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Solve_NotFinite_IsRefused(float value)
    {
        var w = Problems.Weight(4, 4, 1);
        w[5] = value;
        var failure = Assert.Throws<PithException>(
            () => LowRankSolver.Solve(w, new float[16], ScaleMatrix.Identity(4), s_thorough, Workers.Single));
        Assert.Same(CompressErrors.NonFiniteWeight, failure.Error);
    }

    [Fact]
    public void Solve_LengthsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => LowRankSolver.Solve(new float[10], new float[10], ScaleMatrix.Identity(4), s_thorough, Workers.Single));
        Assert.Throws<ArgumentException>(() => LowRankSolver.Solve(new float[8], new float[4], ScaleMatrix.Identity(4), s_thorough, Workers.Single));
        Assert.Throws<ArgumentException>(() => LowRankSolver.Solve(Array.Empty<float>(), Array.Empty<float>(), ScaleMatrix.Identity(4), s_thorough, Workers.Single));
    }

    private static IEnumerable<ScaleMatrix> Scales(int inputs, int seed)
    {
        var x = Problems.Inputs(3 * inputs, inputs, seed);
        yield return ScaleMatrix.Identity(inputs);
        yield return ScaleMatrix.OfMeanSquares(Problems.MeanSquares(x));
        yield return ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
    }

    private static (float[] Weight, float[] Rounded) Rounded(int outputs, int inputs, int seed)
    {
        var weight = Problems.Weight(outputs, inputs, seed);
        return (weight, new NearestRounding(s_format).Round(weight, inputs, Workers.Single));
    }

    private static void AssertSameProduct(LowRankResult expected, LowRankResult found, float[] w, float[] q, int inputs, double tolerance)
    {
        var (one, other) = (Problems.Rest(w, q, expected, inputs), Problems.Rest(w, q, found, inputs));
        for (var i = 0; i < one.Values.Length; i++)
            other.Values[i] -= one.Values[i];
        Assert.True(Problems.Norm(other) <= tolerance * Problems.Norm(Problems.Rest(w, q, null, inputs)));
    }
}
