using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;
using Pith.Studies;
using Pith.Studies.Stores;
using Pith.TestKit;

namespace Pith.Compress.Tests.Ratio;

public sealed class RatioSearchTests
{
    private static readonly CausalModel Model = TinyLlama.Model(TinyLlama.Config with { Layers = 3 });

    private static readonly EvaluationWindow[] Calibrate = Windows(20, 24);

    private static readonly EvaluationWindow[] Validate = Windows(50, 3);

    [Theory]
    [InlineData(DamageMethod.LeaveOneIn)]
    [InlineData(DamageMethod.InContext)]
    [InlineData(DamageMethod.WeightError)]
    [InlineData(DamageMethod.Fisher)]
    [InlineData(DamageMethod.OutputError)]
    public void Run_BudgetOfSize_SpendsItAndReportsWhatWasMeasured(DamageMethod damage)
    {
        var result = Run(Options("bits=8") with { Damage = damage });
        Assert.InRange(result.Chosen.Bits, 7, 8);
        var expected = Perplexity.Measure(Model.WithPlan(result.Chosen.Plan), Validate, Model);
        Assert.Equal(expected.Kl!.Value, result.Chosen.Kl, 1e-9);
        Assert.Equal(expected.Perplexity, result.Chosen.Perplexity, 1e-6 * expected.Perplexity);
        Assert.Contains(result.Chosen, result.Front);
        Assert.All(result.Front.Zip(result.Front.Skip(1)), pair => Assert.True(pair.First.Bytes < pair.Second.Bytes));
        Assert.All(result.Front.Where(point => point != result.Chosen).Zip(result.Front.Where(point => point != result.Chosen).Skip(1)), pair => Assert.True(pair.First.Kl > pair.Second.Kl));
        Assert.Equal(0, result.Front[0].OffFloor);
        Assert.Equal(1, result.Front[0].Ratio);

        // One pass over the reference, one over the chosen point, at most the passes allowed for damages and one for their anchor.
        Assert.InRange(result.Evaluations, 2, 2 + result.Space.Settings.DamagePasses + 1.5);
    }

    [Fact]
    public void Run_BudgetOfLoss_FindsTheSmallestSizeThatKeepsToIt()
    {
        var loose = Run(Options("ppl+50%"));
        var tight = Run(Options("ppl+5%"));
        Assert.InRange(tight.CalibrationPerplexity.Chosen, 0, tight.CalibrationPerplexity.Reference * 1.05);
        Assert.True(tight.Chosen.Bytes >= loose.Chosen.Bytes);
        Assert.InRange(Run(Options("kl=0.05")).CalibrationKl, 0, 0.05);
    }

    [Fact]
    public void Run_LossThatNoOptionKeepsTo_IsRefused()
    {
        var options = Options("kl=0.0000001", "mxint4:16", "mxint6:16");
        Assert.Equal(CompressErrors.UnreachableBudget, Assert.Throws<PithException>(() => Run(options)).Error);
    }

    [Fact]
    public void Run_AnyThreads_FindsTheSame()
    {
        var options = Options("bits=8") with { Swaps = 3 };
        var one = RatioSearch.Run(Model, Calibrate, Validate, options, Workers.Single);
        var four = RatioSearch.Run(Model, Calibrate, Validate, options, new Workers(4));
        Assert.Equal(one.Chosen.Plan.Hash, four.Chosen.Plan.Hash);
        Assert.Equal(one.Front.Select(point => (point.Bytes, point.Kl)), four.Front.Select(point => (point.Bytes, point.Kl)));
        Assert.Equal(one.Evaluations, four.Evaluations, 1e-12);
    }

    [Fact]
    public void Run_Swaps_NeverWorsenTheCalibrationText()
    {
        var plain = Run(Options("bits=8") with { Damage = DamageMethod.WeightError });
        var swapped = Run(Options("bits=8") with { Damage = DamageMethod.WeightError, Swaps = 10 });
        Assert.True(swapped.CalibrationKl <= plain.CalibrationKl);
        Assert.InRange(swapped.Chosen.Bits, 0, 8);
    }

    [Fact]
    public void Run_Trials_ResumedStudyEndsWhereAnUninterruptedOneEnds()
    {
        var options = Options("bits=8") with { Trials = 14 };
        var plain = Run(Options("bits=8"));
        var whole = Run(options);
        Assert.True(whole.CalibrationKl <= plain.CalibrationKl);
        Assert.InRange(whole.Chosen.Bits, 0, 8);

        var store = new MemoryStudyStore();
        RunOn(store, options with { Trials = 11 });
        var resumed = RunOn(store.Reopen(StudyAccess.Write), options);
        Assert.Equal(whole.Chosen.Plan.Hash, resumed.Chosen.Plan.Hash);

        // The trials of the first run are not measured again: reference, damages, the last trials and the chosen point are.
        Assert.True(resumed.Evaluations < whole.Evaluations);

        static RatioResult RunOn(IStudyStore store, RatioSearchOptions options) => RatioSearch.Run(
            Model, Calibrate, Validate, options, study: (definition, sampler) => Study.Open(store, definition, sampler));
    }

    [Fact]
    public void Run_Trials_StudyOfAnotherTextIsRefused()
    {
        var options = Options("bits=8") with { Trials = 1 };
        var store = new MemoryStudyStore();
        RatioSearch.Run(Model, Calibrate, Validate, options, study: (definition, sampler) => Study.Open(store, definition, sampler));
        var exception = Assert.Throws<PithException>(() => RatioSearch.Run(
            Model, Validate, Calibrate, options, study: (definition, sampler) => Study.Open(store.Reopen(StudyAccess.Write), definition, sampler)));
        Assert.Equal(StudyErrors.OtherStudy, exception.Error);
        Assert.Contains("text: expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RanksBesideBits_AreChosenByTheirBytes()
    {
        var correction = new LowRankPlan(2, NumberFormat.Parse("mxint8:16"));
        var options = Options("bits=8") with
        {
            Options = [new(NumberFormat.Parse("mxint3:16")), new(NumberFormat.Parse("mxint3:16"), correction), new(NumberFormat.Parse("mxint8:16"))],
        };
        var result = Run(options);
        Assert.Equal(result.Chosen.Bytes, result.Space.Units.Select((_, unit) => result.Space.BytesOf(unit, result.Chosen.Choice[unit])).Sum());
        Assert.InRange(result.Chosen.Bits, 0, 8);

        // The correction is the best of its rank for the inputs' mean squares: over all units it takes output error away.
        var damages = Run(options with { Damage = DamageMethod.OutputError }).Damages;
        Assert.True(damages.Sum(unit => unit[1]) < damages.Sum(unit => unit[0]));
    }

    [Fact]
    public void Run_PaperMethod_KeepsTheBestOfItsDraws()
    {
        var options = Options("bits=12", "mxint4:16", "bf16") with
        {
            HasSameActivations = true, Method = AllocationMethod.Random, RandomTrials = 8, Granularity = Granularity.Layer,
        };
        var result = Run(options);
        Assert.Empty(result.Damages);
        Assert.InRange(result.Chosen.Bits, 4, 12);
        Assert.InRange(result.Evaluations, 2, 9);
        Assert.Equal(result.Chosen.Plan.Hash, Run(options).Chosen.Plan.Hash);
    }

    [Fact]
    public void Reasons_OfAResult_NameTheRateAndTheNextStep()
    {
        var result = Run(Options("bits=8"));
        var reasons = UnitReason.Of(result);
        Assert.Equal(result.Space.Units, reasons.Select(reason => reason.Unit));
        Assert.Equal(result.Chosen.Bytes, reasons.Sum(reason => reason.Bytes));
        Assert.Equal(result.Chosen.OffFloor, reasons.Count(reason => reason.PaidRate is not null));
        Assert.All(reasons.Where(reason => reason.Text == "next below the rate"), reason => Assert.True(reason.NextRate <= result.ExchangeRate));
        Assert.All(reasons.Where(reason => reason.Next is null), reason => Assert.EndsWith("nothing wider helps", reason.Text, StringComparison.Ordinal));
    }

    private static RatioResult Run(RatioSearchOptions options) => RatioSearch.Run(Model, Calibrate, Validate, options);

    private static RatioSearchOptions Options(string budget, params string[] formats) => new()
    {
        Options = [.. (formats.Length > 0 ? formats : ["mxint4:16", "mxint6:16", "mxint8:16"]).Select(format => new RatioOption(NumberFormat.Parse(format)))],
        Budget = RatioBudget.Parse(budget),
        FrontPoints = 4,
    };

    private static EvaluationWindow[] Windows(int seed, int count) =>
        [.. Enumerable.Range(seed, count).Select(i => new EvaluationWindow(TinyLlama.Tokens(TinyLlama.Config, 12, i), 1, 11))];
}
