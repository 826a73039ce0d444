using Pith.Compress.Corrections;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Calibration;

namespace Pith.Compress.Tests.Corrections;

public sealed class WeightCorrectionTests
{
    private const int Outputs = 40;
    private const int Inputs = 48;
    private const int Tokens = 300;

    private static readonly NumberFormat Mxint3 = NumberFormat.Parse("mxint3:16");
    private static readonly float[] Weight = Numbers(Outputs * Inputs, 1);
    private static readonly float[] X = CorrelatedInputs();

    public static TheoryData<LowRankMethod> Methods => [.. Enum.GetValues<LowRankMethod>()];

    // The output error by multiplying the calibration inputs themselves: for the reported figures an oracle that knows no R.
    [Theory]
    [MemberData(nameof(Methods))]
    public void Compute_KnownSecondMoment_ReportsTheErrorOfTheOutputs(LowRankMethod method)
    {
        var corrected = Compute(method, 4, "mxint8:16");
        Assert.Equal(OutputError(new Kernels.Linear.PackedWeight(corrected.Weight)), corrected.Result.OutputErrorBefore, 1e-5);
        Assert.Equal(OutputError(corrected.ToLinear(isInteger: false)), corrected.Result.OutputErrorAfter, 1e-5);
        Assert.InRange(corrected.Result.OutputErrorAfter, 0, corrected.Result.OutputErrorBefore);
    }

    // QERA's theorem: no correction of the rank disturbs the outputs less than the exact one.
    [Fact]
    public void Compute_Qera_IsAtMostAnyOtherMethod()
    {
        foreach (var rank in new[] { 1, 4, 16 })
        {
            var exact = Compute(LowRankMethod.Qera, rank, "fp32").Result.OutputErrorAfter;
            Assert.All(Enum.GetValues<LowRankMethod>(), method => Assert.True(exact <= Compute(method, rank, "fp32").Result.OutputErrorAfter * (1 + 1e-6)));
        }
    }

    // With every singular vector the error is rebuilt up to the rounding of the factors to binary32.
    [Theory]
    [MemberData(nameof(Methods))]
    public void Compute_FullRank_RebuildsTheWeight(LowRankMethod method) => Assert.InRange(Compute(method, Outputs, "fp32").Result.OutputErrorAfter, 0, 2e-5);

    // R = I: nothing to weigh.
    [Fact]
    public void Compute_UncorrelatedEqualInputs_IsLqerWhateverTheMethod()
    {
        var ones = Enumerable.Repeat(1.0, Inputs).ToArray();
        var identity = new double[Inputs * Inputs];
        for (var i = 0; i < Inputs; i++)
            identity[(i * Inputs) + i] = 1;
        KnownInputs Known() => new(new InputStatistics(1, ones, ones, ones), [.. identity]);
        var lqer = Correction(Compute(LowRankMethod.Lqer, 5, "fp32", Known()));
        foreach (var method in Enum.GetValues<LowRankMethod>())
        {
            var other = Correction(Compute(method, 5, "fp32", Known()));
            for (var i = 0; i < lqer.Length; i++)
                Assert.Equal(lqer[i], other[i], 2e-5);
        }
    }

    // L²QER's scale is relative: inputs a thousand times as large get the same correction.
    [Fact]
    public void Compute_L2qer_DoesNotFeelTheScaleOfTheInputs()
    {
        var (means, moment) = Statistics(X);
        var larger = new KnownInputs(means with { LargestBatchMean = [.. means.LargestBatchMean.Select(mean => 1024 * mean)] }, moment);
        Assert.Equal(Correction(Compute(LowRankMethod.L2qer, 3, "fp32")), Correction(Compute(LowRankMethod.L2qer, 3, "fp32", larger)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Compute_DeadInputsAndFewTokens_StayFinite(LowRankMethod method)
    {
        var x = X[..(10 * Inputs)];
        for (var i = 0; i < x.Length; i += Inputs)
            x[i + 7] = 0;
        var result = Compute(method, 6, "mxint8:16", Measure(x)).Result;
        Assert.InRange(result.OutputErrorAfter, 0, result.OutputErrorBefore);
    }

    [Fact]
    public void Compute_AnyThreads_GivesTheSameBits()
    {
        CorrectedWeight Run(int threads) => WeightCorrection.Compute(Weight, Inputs, Mxint3, new LowRankPlan(4, null, LowRankMethod.Qera), Known(), workers: new Workers(threads));
        Assert.Equal(Correction(Run(1)), Correction(Run(3)));
    }

    // q, k and v read one input: the factor of its second moment is made once, and serves every method after.
    [Fact]
    public void Compute_SecondWeightOfAnInput_IsCorrectedAsIfAlone()
    {
        var shared = Known();
        Compute(LowRankMethod.Qera, 3, "fp32", shared);
        foreach (var method in Enum.GetValues<LowRankMethod>())
        {
            var (alone, after) = (Compute(method, 3, "fp32"), Compute(method, 3, "fp32", shared));
            Assert.Equal(Correction(alone), Correction(after));
            Assert.Equal(alone.Result, after.Result);
        }
    }

    [Fact]
    public void Compute_RankOrStatisticsThatAreNotThere_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Compute(LowRankMethod.Lqer, Outputs + 1, "fp32"));
        Assert.Throws<ArgumentException>(() => Compute(LowRankMethod.QeraDiagonal, 2, "fp32", KnownInputs.Nothing));
        Assert.Throws<ArgumentException>(() => Compute(LowRankMethod.Qera, 2, "fp32", new KnownInputs(Statistics(X).Means, null)));
    }

    // The first turn is the plain order, and only a better one replaces it.
    [Fact]
    public void Compute_MoreTurns_DisturbTheOutputsNoMore()
    {
        var plan = new LowRankPlan(4, NumberFormat.Parse("mxint8:16"), LowRankMethod.Qera);
        var plain = WeightCorrection.Compute(Weight, Inputs, Mxint3, plan, Known());
        var turns = WeightCorrection.Compute(Weight, Inputs, Mxint3, plan, Known(), new CorrectionOptions { Turns = 3 });
        Assert.InRange(turns.Result.OutputErrorAfter, 0, plain.Result.OutputErrorAfter);
        Assert.Equal(OutputError(turns.ToLinear(isInteger: false)), turns.Result.OutputErrorAfter, 1e-5);
    }

    // GPTQ's purpose: the rounded weight by itself disturbs the outputs less. With a correction it may lose.
    [Fact]
    public void Compute_Feedback_LowersTheErrorBeforeTheCorrection()
    {
        var plan = new LowRankPlan(4, NumberFormat.Parse("mxint8:16"), LowRankMethod.Qera);
        var plain = WeightCorrection.Compute(Weight, Inputs, Mxint3, plan, Known());
        var feedback = WeightCorrection.Compute(Weight, Inputs, Mxint3, plan, Known(), new CorrectionOptions { HasFeedback = true });
        Assert.InRange(feedback.Result.OutputErrorBefore, 0, plain.Result.OutputErrorBefore);
        Assert.Equal(OutputError(feedback.ToLinear(isInteger: false)), feedback.Result.OutputErrorAfter, 1e-5);
    }

    private static CorrectedWeight Compute(LowRankMethod method, int rank, string format, KnownInputs? known = null) =>
        WeightCorrection.Compute(Weight, Inputs, Mxint3, new LowRankPlan(rank, NumberFormat.Parse(format), method), known ?? Known());

    private static float[] Correction(CorrectedWeight corrected)
    {
        var all = corrected.ToLinear(isInteger: false);
        var (row, plain) = (new float[Inputs], new float[Inputs]);
        var difference = new float[Outputs * Inputs];
        for (var n = 0; n < Outputs; n++)
        {
            all.CopyRow(n, row);
            corrected.Weight.DecodeRow(n, plain);
            for (var i = 0; i < Inputs; i++)
                difference[(n * Inputs) + i] = row[i] - plain[i];
        }

        return difference;
    }

    private static double OutputError(LinearWeight weight)
    {
        var (exact, rounded) = (new float[Tokens * Outputs], new float[Tokens * Outputs]);
        new DenseWeight(Weight, Outputs, Inputs).Multiply(X, Tokens, exact, Workers.Single);
        weight.Multiply(X, Tokens, rounded, Workers.Single);
        return Math.Sqrt(exact.Zip(rounded, (a, b) => Math.Pow((double)a - b, 2)).Sum() / exact.Sum(value => (double)value * value));
    }

    private static KnownInputs Known() => Measure(X);

    private static KnownInputs Measure(float[] x)
    {
        var (means, moment) = Statistics(x);
        return new KnownInputs(means, moment);
    }

    private static (InputStatistics Means, double[] Moment) Statistics(float[] x)
    {
        var tokens = x.Length / Inputs;
        var (means, squares, moment) = (new double[Inputs], new double[Inputs], new double[Inputs * Inputs]);
        for (var t = 0; t < tokens; t++)
        {
            for (var i = 0; i < Inputs; i++)
            {
                double own = x[(t * Inputs) + i];
                means[i] += Math.Abs(own) / tokens;
                squares[i] += own * own / tokens;
                for (var j = 0; j < Inputs; j++)
                    moment[(i * Inputs) + j] += own * x[(t * Inputs) + j] / tokens;
            }
        }

        return (new InputStatistics(tokens, means, means, squares), moment);
    }

    // A few common causes, very unequal scales: what makes the methods differ.
    private static float[] CorrelatedInputs()
    {
        var (causes, own, mixture) = (Numbers(Tokens * 5, 2), Numbers(Tokens * Inputs, 3), Numbers(5 * Inputs, 4));
        var x = new float[Tokens * Inputs];
        for (var t = 0; t < Tokens; t++)
        {
            for (var i = 0; i < Inputs; i++)
            {
                var sum = 0.2f * own[(t * Inputs) + i];
                for (var c = 0; c < 5; c++)
                    sum += causes[(t * 5) + c] * mixture[(c * Inputs) + i];
                x[(t * Inputs) + i] = sum * MathF.Pow(2, (i % 7) - 3);
            }
        }

        return x;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
