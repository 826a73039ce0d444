using System.Collections.Immutable;
using CsCheck;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;

namespace Pith.Studies.Tests.Samplers;

public sealed class DifferentValuesTests
{
    // Few combinations of choices, so many that they are not counted in a table, and numbers.
    private static readonly SearchSpace Space = new(
    [
        new CategoricalParameter("a", ["x", "y", "z"]) { Group = "few" }, new CategoricalParameter("b", ["x", "y"]) { Group = "few" },
        .. Enumerable.Range(0, 13).Select(i => new CategoricalParameter($"m{i}", ["x", "y"]) { Group = "many" }),
        new CategoricalParameter("c", ["x", "y"]) { Group = "mixed" }, new NumberParameter("d", 0, 1) { Group = "mixed" },
    ]);

    [Fact]
    public void Of_AnyTrials_IsWhatGroupingFinds() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1].Array[Space.Parameters.Length].Array[0, 40], Gen.Int[0, 40], Gen.Int[0, 40]).Sample((index, trials, a, b) =>
    {
        var group = Space.Groups[index];
        ImmutableArray<double>[] values = [.. trials.Select(trial => trial.Select(value => (double)value).ToImmutableArray())];
        var (start, end) = (Math.Min(Math.Min(a, b), trials.Length), Math.Min(Math.Max(a, b), trials.Length));
        var expected = Enumerable.Range(start, end - start).GroupBy(trial => string.Join(' ', group.Select(k => values[trial][k])))
            .Select(same => (same.Min(), same.Count())).ToList();
        Assert.Equal(expected, DifferentValues.Of(group, values, start, end));
        var numbers = ChoiceNumbers.Of(Space, values)[index];
        Assert.Equal(Space.Parameters[group[0]].Group == "few", numbers is not null);
        if (numbers is not null)
            Assert.Equal(expected, DifferentValues.Of(numbers, start, end));
    });
}
