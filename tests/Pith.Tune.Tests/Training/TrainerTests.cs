using Pith.Core.Diagnostics;
using Pith.Tune.Training;

namespace Pith.Tune.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;

    private string StatePath => Path.Combine(_folder, "run.training");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_Toy_Learns()
    {
        var reports = new Toys.Reports();
        var result = new Trainer(Toys.Options(60), Toys.Blocks(), 2).Run(false, reports, TestContext.Current.CancellationToken);
        // Nothing known: ln 24 = 3.18 nats. The text is nearly determined by its last token.
        Assert.InRange(result.Losses[0], 3.1, 3.3);
        Assert.InRange(result.Losses[^1], 0, 1.5);
        Assert.InRange(result.ValidationLoss, 0, 1.6);
        Assert.Equal(60, reports.All.Count);
        Assert.Equal(TimeSpan.Zero, reports.All[^1].Remaining);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_OtherThreadCount_SameBits(int threads)
    {
        var two = new Trainer(Toys.Options(), Toys.Blocks(), 2).Run(false, null, TestContext.Current.CancellationToken);
        AssertSame(two, new Trainer(Toys.Options(), Toys.Blocks(), threads).Run(false, null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(11)]
    public void Run_StoppedAndResumed_EqualsUninterrupted(int stopAfter)
    {
        var whole = new Trainer(Toys.Options(), Toys.Blocks(), 2).Run(false, null, TestContext.Current.CancellationToken);
        Interrupt(stopAfter);
        var reports = new Toys.Reports();
        var resumed = new Trainer(Toys.Options(), Toys.Blocks(), 1, StatePath).Run(true, reports, TestContext.Current.CancellationToken);
        AssertSame(whole, resumed);
        Assert.Equal(stopAfter + 1, reports.All[0].Step);
    }

    [Fact]
    public void Run_FinishedState_TrainsNoMore()
    {
        var trainer = new Trainer(Toys.Options(), Toys.Blocks(), 1, StatePath);
        var first = trainer.Run(false, null, TestContext.Current.CancellationToken);
        var reports = new Toys.Reports();
        AssertSame(first, trainer.Run(true, reports, TestContext.Current.CancellationToken));
        Assert.Empty(reports.All);
    }

    [Fact]
    public void Run_StateOfOtherRecipe_IsRefused()
    {
        Interrupt(2);
        var other = new Trainer(Toys.Options() with { Seed = 8 }, Toys.Blocks(), 1, StatePath);
        var error = Assert.Throws<PithException>(() => other.Run(true, null, TestContext.Current.CancellationToken));
        Assert.Equal(TuneErrors.StateMismatch, error.Error);
    }

    [Fact]
    public void Run_StateOfOtherText_IsRefused()
    {
        Interrupt(2);
        var other = new Trainer(Toys.Options(), Toys.Blocks(), 1, StatePath, "another text");
        var error = Assert.Throws<PithException>(() => other.Run(true, null, TestContext.Current.CancellationToken));
        Assert.Equal(TuneErrors.StateMismatch, error.Error);
    }

    [Fact]
    public void Run_DamagedState_SaysWhere()
    {
        Interrupt(2);
        var bytes = File.ReadAllBytes(StatePath);
        // Every length, a few bytes apart; and no magic number.
        for (var length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 97)) Check(bytes[..length]);
        Check([.. "NOSTATE1"u8, .. bytes[8..]]);

        void Check(byte[] damaged)
        {
            File.WriteAllBytes(StatePath, damaged);
            var trainer = new Trainer(Toys.Options(), Toys.Blocks(), 1, StatePath);
            var error = Assert.Throws<PithException>(() => trainer.Run(true, null, TestContext.Current.CancellationToken));
            Assert.Equal(TuneErrors.StateDamaged, error.Error);
            Assert.Contains(StatePath, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_AbsurdLearningRate_ReportsDivergence()
    {
        var trainer = new Trainer(Toys.Options(200) with { LearningRate = 1e30, WarmupShare = 0 }, Toys.Blocks(), 1);
        var error = Assert.Throws<PithException>(() => trainer.Run(false, null, TestContext.Current.CancellationToken));
        Assert.Equal(TuneErrors.Diverged, error.Error);
    }

    private void Interrupt(int stopAfter)
    {
        using var stop = new CancellationTokenSource();
        var reports = new Toys.Reports(report =>
        {
            if (report.Step == stopAfter) stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(Toys.Options(), Toys.Blocks(), 2, StatePath).Run(false, reports, stop.Token));
        Assert.True(File.Exists(StatePath));
    }

    private static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.ValidationLoss, actual.ValidationLoss);
        foreach (var (name, values) in expected.Weights) Assert.Equal(values, actual.Weights[name]);
    }
}
