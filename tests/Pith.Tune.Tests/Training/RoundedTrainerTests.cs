using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models.Checkpoints;
using Pith.Tune.Llama;
using Pith.Tune.Training;

namespace Pith.Tune.Tests.Training;

/// <summary>Training with a plan, from given weights.</summary>
public sealed class RoundedTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;

    private static Plan Plan { get; } = Plan.Uniform(
        Toys.Config.Sites.Select(shape => shape.Site), NumberFormat.Parse("mxint3:16"), NumberFormat.Parse("mxint4:16"));

    private string StatePath => Path.Combine(_folder, "run.training");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_FromGivenWeights_StartsThere()
    {
        var first = Trainer(Plan.Empty, 40, null).Run(false, null, TestContext.Current.CancellationToken);
        var next = Trainer(Plan.Empty, 3, first.Weights);
        Assert.Equal(first.ValidationLoss, next.Validate(first.Weights, TestContext.Current.CancellationToken));
        Assert.InRange(next.Run(false, null, TestContext.Current.CancellationToken).Losses[0], 0, 2);
    }

    [Fact]
    public void Run_Rounded_BeatsRoundingAfterwards()
    {
        var start = Trainer(Plan.Empty, 40, null).Run(false, null, TestContext.Current.CancellationToken);
        var plain = Trainer(Plan.Empty, 60, start.Weights).Run(false, null, TestContext.Current.CancellationToken);
        var trainer = Trainer(Plan, 60, start.Weights);
        var rounded = trainer.Run(false, null, TestContext.Current.CancellationToken);
        Assert.True(rounded.ValidationLoss < trainer.Validate(plain.Weights, TestContext.Current.CancellationToken));
        // The weights which come out are the unrounded ones: they do not lie on the grid.
        using var model = new TorchLlama(Toys.Config, rounded.Weights, plan: Plan);
        Assert.NotEqual(model.Parameters[2].data<float>().ToArray(), model.Weights.Values.ElementAt(2).data<float>().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_OtherThreadCount_SameBits(int threads)
    {
        var two = Trainer(Plan, 8, null, 2).Run(false, null, TestContext.Current.CancellationToken);
        AssertSame(two, Trainer(Plan, 8, null, threads).Run(false, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_StoppedAndResumed_EqualsUninterrupted()
    {
        var whole = Trainer(Plan, 12, null).Run(false, null, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var reports = new Toys.Reports(report =>
        {
            if (report.Step == 5) stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Trainer(Plan, 12, null, state: StatePath).Run(false, reports, stop.Token));
        AssertSame(whole, Trainer(Plan, 12, null, state: StatePath).Run(true, null, TestContext.Current.CancellationToken));

        var other = Trainer(Plan.Empty, 12, null, state: StatePath);
        var error = Assert.Throws<PithException>(() => other.Run(true, null, TestContext.Current.CancellationToken));
        Assert.Equal(TuneErrors.StateMismatch, error.Error);
    }

    [Fact]
    public void Validate_PlanInBFloat16_IsRefused() =>
        Assert.Throws<ArgumentException>(() => (Toys.Options() with { Plan = Plan, Precision = MatmulPrecision.BFloat16 }).Validate());

    [Fact]
    public void Validate_PlanWithALowRankCorrection_IsRefused()
    {
        var site = new Site(0, SiteKind.MlpDown);
        var plan = Plan.With(new Plan([KeyValuePair.Create(site, new SitePlan(null, null, new LowRankPlan(4, NumberFormat.Parse("mxint8:16"), LowRankMethod.Lqer)))]));
        var error = Assert.Throws<PithException>(() => (Toys.Options() with { Plan = plan }).Validate());
        Assert.Equal(TuneErrors.LowRankPlan, error.Error);
        Assert.Contains("layers.0.mlp.down", error.Message, StringComparison.Ordinal);
    }

    private static Trainer Trainer(Plan plan, int steps, IReadOnlyDictionary<string, float[]>? start, int threads = 2, string? state = null) =>
        new(Toys.Options(steps) with { Plan = plan, StoredAs = TensorType.F32 }, Toys.Blocks(), threads, state) { Start = start };

    private static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.ValidationLoss, actual.ValidationLoss);
        foreach (var (name, values) in expected.Weights) Assert.Equal(values, actual.Weights[name]);
    }
}
