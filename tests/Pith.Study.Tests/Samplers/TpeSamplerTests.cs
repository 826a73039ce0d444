using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Studies.Tests.Samplers;

public sealed class TpeSamplerTests
{
    private const int Trials = 60;
    private const int Seeds = 20;

    // Twelve choices of three, each with a best one; 60 of 531,441 assignments. Random search has a binomial count of right ones.
    [Fact]
    public void Run_SeparableChoices_BeatsRandomOnNearlyEverySeed()
    {
        var wins = Enumerable.Range(0, Seeds).Count(seed => Best(new TpeSampler(), seed) < Best(new RandomSampler(), seed));
        Assert.True(wins >= Seeds - 2, $"{wins} of {Seeds}");
    }

    [Fact]
    public void Suggest_BeforeTheStartupTrials_IsRandom()
    {
        var space = Toys.Choices(8, "a", "b", "c");
        Objective[] objectives = [new("loss")];
        var tpe = new TpeSampler(startupTrials: 5);
        List<Trial> finished = [];
        for (var i = 0; i < 5; i++)
        {
            var suggested = tpe.Suggest(space, objectives, finished, new TrialRandom(1, i));
            Assert.Equal(space.Draw(new TrialRandom(1, i)), suggested);
            finished.Add(new Trial(i, suggested) { State = TrialState.Done, Objectives = [i] });
        }
    }

    [Fact]
    public void Run_SmallSpace_TriesNothingTwiceBeforeEverything()
    {
        var definition = new StudyDefinition { Kind = "toy", Space = Toys.Choices(3, "a", "b", "c"), Objectives = [new Objective("loss")] };
        using var study = Study.Open(new MemoryStudyStore(), definition, new TpeSampler(startupTrials: 1));
        study.Run(20, (trial, _) => TrialResult.Done(trial.Assignment.Values.Sum()));

        // 27 assignments; sixteen attempts follow the density more and more, so that a repetition is rare.
        Assert.InRange(study.Trials.Select(trial => trial.Assignment).Distinct().Count(), 18, 20);
        Assert.Contains(study.Trials, trial => trial.Objectives[0] == 0);
    }

    // Good trials have (0,0) or (1,1), the others (0,1) or (1,0): each parameter alone says nothing, the pair says everything. The number keeps
    // assignments apart.
    [Theory]
    [InlineData("pair", "pair", 95, 100)]
    [InlineData("first", "second", 30, 70)]
    public void Suggest_ChoicesThatMustAgree_AreSeenInAGroupOnly(string first, string second, int low, int high)
    {
        string[] choices = ["0", "1"];
        var space = new SearchSpace(
        [
            new CategoricalParameter("a", choices) { Group = first }, new CategoricalParameter("b", choices) { Group = second }, new NumberParameter("c", 0, 1),
        ]);
        var finished = Enumerable.Range(0, 80).Select(i => new Trial(i, new Assignment(space, [i % 2, (i % 2) ^ (i < 20 ? 0 : 1), i / 80.0]))
        {
            State = TrialState.Done, Objectives = [i < 20 ? 0 : 1],
        }).ToList();
        var suggested = Enumerable.Range(80, 100).Select(i => new TpeSampler().Suggest(space, [new("loss")], finished, new TrialRandom(1, i)));
        Assert.InRange(suggested.Count(assignment => assignment.Integer("a") == assignment.Integer("b")), low, high);
    }

    private static double Best(ISampler sampler, long seed)
    {
        var definition = new StudyDefinition { Kind = "toy", Space = Toys.Choices(12, "a", "b", "c"), Objectives = [new Objective("loss")], Seed = seed };
        using var study = Study.Open(new MemoryStudyStore(), definition, sampler);
        study.Run(Trials, (trial, _) => TrialResult.Done(trial.Assignment.Values.Select((value, i) => Math.Abs(value - (i % 3)) * (1 + (i % 4))).Sum()));
        return study.Snapshot.Best!.Objectives[0];
    }
}
