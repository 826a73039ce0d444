using Pith.Studies.Samplers;
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

    // Only together are the two right: each alone says nothing. A group sees it.
    [Fact]
    public void Run_ChoicesThatMustAgree_AreFoundTogetherInAGroup()
    {
        string[] letters = [.. Enumerable.Range(0, 8).Select(i => $"{i}")];
        double Mean(string group) => Enumerable.Range(0, 6).Average(seed =>
        {
            var space = new Studies.Spaces.SearchSpace(Enumerable.Range(0, 4).SelectMany(i => new[] { 0, 1 }.Select(k =>
                new Studies.Spaces.CategoricalParameter($"p{i}{k}", letters) { Group = group == "pairs" ? $"g{i}" : $"g{i}{k}" })));
            var definition = new StudyDefinition { Kind = "toy", Space = space, Objectives = [new Objective("loss")], Seed = seed };
            using var study = Study.Open(new MemoryStudyStore(), definition, new TpeSampler());
            study.Run(60, (trial, _) => TrialResult.Done(-Enumerable.Range(0, 4).Count(i => trial.Assignment.Values[2 * i] == trial.Assignment.Values[(2 * i) + 1])));
            return study.Snapshot.Best!.Objectives[0];
        });

        Assert.True(Mean("pairs") <= Mean("alone"), $"{Mean("pairs")} against {Mean("alone")}");
    }

    private static double Best(ISampler sampler, long seed)
    {
        var definition = new StudyDefinition { Kind = "toy", Space = Toys.Choices(12, "a", "b", "c"), Objectives = [new Objective("loss")], Seed = seed };
        using var study = Study.Open(new MemoryStudyStore(), definition, sampler);
        study.Run(Trials, (trial, _) => TrialResult.Done(trial.Assignment.Values.Select((value, i) => Math.Abs(value - (i % 3)) * (1 + (i % 4))).Sum()));
        return study.Snapshot.Best!.Objectives[0];
    }
}
