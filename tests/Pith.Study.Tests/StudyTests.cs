using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pith.Core.Diagnostics;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Studies.Tests;

public sealed class StudyTests
{
    private const int Trials = 16;

    [Fact]
    public void Run_SameSeed_GivesTheSameStudy()
    {
        Assert.Equal(Uninterrupted(seed: 5), Uninterrupted(seed: 5));
        Assert.NotEqual(Uninterrupted(seed: 5), Uninterrupted(seed: 6));
    }

    [Fact]
    public void Run_Toy_HasTrialsOfEveryState()
    {
        using var store = new MemoryStudyStore();
        using var study = Toys.Open(store);
        study.Run(Trials, Toys.Evaluate);
        Assert.Equal(Trials, study.Finished.Count);
        Assert.Contains(study.Trials, trial => trial is { State: TrialState.Done, Objectives.Length: 1, Intermediates.Length: 3 });
        Assert.Contains(study.Trials, trial => trial is { State: TrialState.Failed, Reason: "c is too large", Objectives.Length: 0 });
        Assert.Contains(study.Trials, trial => trial is { State: TrialState.Pruned, Objectives.Length: 0 });
        Assert.Equal(study.Trials.Where(trial => trial.State == TrialState.Done).Min(trial => trial.Objectives[0]), study.Snapshot.Best!.Objectives[0]);
    }

    // Every write fails once, before it is done and after it is done: the run ends, and the next one goes on.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_CutAtAnyWrite_EndsAsIfUninterrupted(bool isWritten)
    {
        var expected = Uninterrupted(seed: 1);
        for (var write = 0; ; write++)
        {
            using var place = new MemoryStudyStore();
            var faulty = new FaultyStore(place, write, isWritten);
            var wasCut = false;
            try
            {
                using var study = Toys.Open(faulty);
                study.Run(Trials, Toys.Evaluate);
            }
            catch (FaultyStore.CutException)
            {
                wasCut = true;
            }

            using var resumed = Toys.Open(place.Reopen(StudyAccess.Write));
            resumed.Run(Trials, Toys.Evaluate);
            Assert.Equal(expected, Toys.Show(resumed.Snapshot));
            if (!wasCut)
                break;
        }
    }

    [Fact]
    public void Run_CutAtEveryFewWrites_EndsAsIfUninterrupted()
    {
        using var place = new MemoryStudyStore();
        place.Dispose();
        for (var run = 0; run < 1000; run++)
        {
            try
            {
                using var study = Toys.Open(new FaultyStore(place.Reopen(StudyAccess.Write), 3 + (run % 5), isWritten: run % 2 == 0));
                study.Run(Trials, Toys.Evaluate);
                Assert.Equal(Uninterrupted(seed: 1), Toys.Show(study.Snapshot));
                return;
            }
            catch (FaultyStore.CutException)
            {
            }
        }

        Assert.Fail("It never ended.");
    }

    [Fact]
    public void Run_EvaluationThrows_IsEvaluatedAgain()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        var calls = 0;
        Assert.Throws<IOException>(() => study.Run(Trials, (trial, cancellation) =>
            ++calls == 7 ? throw new IOException("disk") : Toys.Evaluate(trial, cancellation)));
        study.Run(Trials, Toys.Evaluate);
        Assert.Equal(Uninterrupted(seed: 1), Toys.Show(study.Snapshot));
    }

    [Fact]
    public void Run_Cancelled_StopsBetweenTrials()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => study.Run(
            Trials,
            (trial, cancellation) =>
            {
                if (trial.Number == 3)
                    stop.Cancel();
                return Toys.Evaluate(trial, cancellation);
            },
            cancellation: stop.Token));
        Assert.Equal(4, study.Finished.Count);
    }

    [Fact]
    public void Run_MoreTrialsLater_EqualsAllAtOnce()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        study.Run(5, Toys.Evaluate);
        study.Run(Trials, Toys.Evaluate);
        Assert.Equal(Uninterrupted(seed: 1), Toys.Show(study.Snapshot));
    }

    [Fact]
    public void Enqueue_Assignments_AreTriedFirstAndNeverTwice()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        Assignment[] first = [new(Toys.MixedSpace, [1, 0, 4, 0.5]), new(Toys.MixedSpace, [2, 1, 64, -1])];
        study.Enqueue(first[0], first[1], first[0]);
        study.Enqueue(first);
        study.Run(4, Toys.Evaluate);
        Assert.Equal(first, study.Trials.Take(2).Select(trial => trial.Assignment));
        Assert.DoesNotContain(study.Trials.Skip(2), trial => first.Contains(trial.Assignment));
        Assert.Equal([TrialState.Done, TrialState.Failed], study.Trials.Take(2).Select(trial => trial.State));
    }

    [Fact]
    public void Tell_ObjectiveNotFinite_CountsAsFailed()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        study.Run(1, (_, _) => TrialResult.Done(double.NaN, new JsonObject { ["bytes"] = 7 }));
        Assert.Equal(TrialState.Failed, study.Trials[0].State);
        Assert.Contains("NaN", study.Trials[0].Reason, StringComparison.Ordinal);
        Assert.Equal(7, study.Trials[0].ReadColumns().GetProperty("bytes").GetInt32());
        Assert.Null(study.Snapshot.Best);
    }

    [Fact]
    public void Tell_WrongCalls_AreRefused()
    {
        using var study = Toys.Open(new MemoryStudyStore());
        var trial = study.Ask();
        Assert.Throws<ArgumentException>(() => study.Tell(trial, TrialResult.Done([1.0, 2.0])));
        study.Tell(trial, TrialResult.Done(1));
        Assert.Throws<ArgumentException>(() => study.Tell(trial, TrialResult.Done(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => study.Ask().Report(1, double.NaN));
    }

    [Fact]
    public void Open_OtherDefinition_SaysWhatDiffers()
    {
        using var place = new MemoryStudyStore();
        Toys.Open(place).Dispose();
        var other = Toys.Definition(seed: 2) with { Facts = new Dictionary<string, string> { ["model"] = "m2", ["text"] = "t1", ["block"] = "16" } };
        var error = Assert.Throws<PithException>(() => Study.Open(place.Reopen(StudyAccess.Write), other, new RandomSampler()));
        Assert.Equal(StudyErrors.OtherStudy, error.Error);
        foreach (var difference in new[] { "model: expected m2, found m1", "block: expected 16, found nothing", "seed: expected 2, found 1", "sampler: expected random", "pruner: expected none" })
            Assert.Contains(difference, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("text:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_JournalThatMakesNoSense_IsDamaged()
    {
        foreach (var entry in new StudyEvent[]
        {
            new(1, StudyEventKind.Queued, "[0,0,1,0]"), new(0, StudyEventKind.Queued, "[0,0,1]"), new(0, StudyEventKind.Queued, "[3,0,1,0]"),
            new(0, StudyEventKind.Queued, "[0,0,1"), new(0, StudyEventKind.Started, ""), new(-1, StudyEventKind.Done, "{}"),
        })
        {
            using var store = new MemoryStudyStore();
            Toys.Open(store);
            store.Append(entry);
            Assert.Equal(StudyErrors.Damaged, Assert.Throws<PithException>(() => StudySnapshot.Read(store)).Error);
        }
    }

    [Fact]
    public void Read_OfWhatAStudyWrote_IsItsSnapshot()
    {
        using var store = new MemoryStudyStore();
        var origin = new StudyOrigin(["search", "ratio", "a b"], "/somewhere");
        using var study = Study.Open(store, Toys.Definition(), new RandomSampler(), origin: origin);
        study.Run(Trials, Toys.Evaluate);
        var read = StudySnapshot.Read(store);
        Assert.Equal(Toys.Show(study.Snapshot), Toys.Show(read));
        Assert.Equal(origin.Command, read.Origin!.Command);
        Assert.Equal(origin.Directory, read.Origin.Directory);
        Assert.Equal(study.Definition.Space, read.Definition.Space);
        Assert.Equal(JsonValueKind.Object, read.Trials[0].ReadColumns().ValueKind);
    }

    [Fact]
    public void Front_OfTwoObjectives_IsWhatBruteForceFinds()
    {
        var space = Toys.Choices(6, "0", "1", "2");
        var definition = new StudyDefinition { Kind = "toy", Space = space, Objectives = [new Objective("bits"), new Objective("score", Direction.Maximize)] };
        using var study = Study.Open(new MemoryStudyStore(), definition, new TpeSampler());
        study.Run(60, (trial, _) => TrialResult.Done([trial.Assignment.Values.Sum(), Score(trial.Assignment.Values)]));
        var expected = study.Trials.Where(trial => !study.Trials.Any(other => Beats(other.Objectives, trial.Objectives))).Select(trial => trial.Number);
        Assert.Equal(expected.Order(), study.Snapshot.Front.Select(trial => trial.Number).Order());

        static bool Beats(ImmutableArray<double> a, ImmutableArray<double> b) => a[0] <= b[0] && a[1] >= b[1] && (a[0] < b[0] || a[1] > b[1]);
        static double Score(ImmutableArray<double> values) => values.Select((value, i) => value * (i + 1)).Sum() - (values[0] * values[5]);
    }

    private static string Uninterrupted(long seed)
    {
        using var study = Toys.Open(new MemoryStudyStore(), seed);
        study.Run(Trials, Toys.Evaluate);
        return Toys.Show(study.Snapshot);
    }
}
