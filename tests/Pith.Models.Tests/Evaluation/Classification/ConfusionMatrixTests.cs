using CsCheck;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Classification;

namespace Pith.Models.Tests.Evaluation.Classification;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Of_HandWorkedCounts_IsTheFormula()
    {
        // Right 0: given 0, 0, 1. Right 1: given 1. Right 2 never, given never.
        var matrix = new ConfusionMatrix(3);
        foreach (var (right, given) in new[] { (0, 0), (0, 0), (0, 1), (1, 1) })
            matrix.Add(right, given);

        Assert.Equal((4L, 3L), (matrix.Items, matrix.Hits));
        var zero = matrix.Of(0, "a");
        Assert.Equal((3L, 1.0, 2.0 / 3), (zero.Items, zero.Precision, zero.Recall));
        Assert.Equal(0.8, zero.F1, 1e-15);
        var one = matrix.Of(1, "b");
        Assert.Equal((1L, 0.5, 1.0), (one.Items, one.Precision, one.Recall));
        Assert.Equal((0.8 + (2.0 / 3)) / 2, matrix.MacroF1().Value, 1e-15);
        Assert.Equal(new LabelResult("c", 0, 0, 0, 0), matrix.Of(2, "c"));
    }

    [Fact]
    public void MacroF1_AnySample_HasTheErrorOfLeavingEachTextOut() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Array[2, 25].Sample(items =>
        {
            var labels = items.SelectMany(item => new[] { item.Item1, item.Item2 }).Distinct().ToArray();
            var without = items.Select((_, left) => Plain([.. items.Where((_, i) => i != left)], labels)).ToArray();
            var mean = without.Average();
            var expected = Math.Sqrt((items.Length - 1.0) / items.Length * without.Sum(value => (value - mean) * (value - mean)));

            var matrix = new ConfusionMatrix(4);
            foreach (var (right, given) in items)
                matrix.Add(right, given);
            var found = matrix.MacroF1();

            Assert.Equal(Plain(items, labels), found.Value, 1e-12);

            // Σ θ² - n · mean² loses digits where nothing varies: 1e-16 under a root.
            Assert.Equal(expected, found.StandardError, 1e-7);
        });

    private static double Plain((int Right, int Given)[] items, int[] labels) => labels.Average(label =>
    {
        var hits = items.Count(item => item.Right == label && item.Given == label);
        var misses = items.Count(item => item.Right == label ^ item.Given == label);
        return hits == 0 ? 0 : hits / (hits + (misses / 2.0));
    });
}
