using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Models.Generation;

namespace Pith.Models.Tests.Generation;

public sealed class SamplerTests
{
    private const int Draws = 20_000;

    // ln of 8, 4, 2, 1 and 1 sixteenths, not in order of size.
    private static readonly float[] s_logits = [MathF.Log(2), MathF.Log(8), MathF.Log(1), MathF.Log(4), MathF.Log(1)];

    [Fact]
    public void Next_TemperatureZero_TakesTheLikeliest()
    {
        Assert.Equal(1, new Sampler(SamplingOptions.Greedy).Next(s_logits));
        Assert.Equal(0, new Sampler(SamplingOptions.Greedy).Next([3, 3, 1]));
    }

    [Fact]
    public void Next_NoFilters_DrawsWithTheProbabilities() =>
        AssertShares(new() { Temperature = 1, TopP = 1 }, [2 / 16.0, 8 / 16.0, 1 / 16.0, 4 / 16.0, 1 / 16.0]);

    // Temperature 1/2 squares the probabilities: 4, 64, 1, 16, 1 of 86.
    [Fact]
    public void Next_LowTemperature_SharpensTheProbabilities() =>
        AssertShares(new() { Temperature = 0.5, TopP = 1 }, [4 / 86.0, 64 / 86.0, 1 / 86.0, 16 / 86.0, 1 / 86.0]);

    [Fact]
    public void Next_TopK_KeepsTheLikeliest() =>
        AssertShares(new() { Temperature = 1, TopP = 1, TopK = 2 }, [0, 8 / 12.0, 0, 4 / 12.0, 0]);

    // Its inverse is no finite number.
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Next_SmallestTemperature_TakesTheLikeliest(double topP) =>
        Assert.Equal(1, new Sampler(new() { Temperature = double.Epsilon, TopP = topP }).Next(s_logits));

    // 8 + 4 of 16 is 0.75; 0.76 needs one more.
    [Fact]
    public void Next_TopP_KeepsTheFewestThatSuffice()
    {
        AssertShares(new() { Temperature = 1, TopP = 0.74 }, [0, 8 / 12.0, 0, 4 / 12.0, 0]);
        AssertShares(new() { Temperature = 1, TopP = 0.76 }, [2 / 14.0, 8 / 14.0, 0, 4 / 14.0, 0]);
    }

    // Of 8, 4 and 2 the first two are 12/14 = 0.857.
    [Fact]
    public void Next_TopKThenTopP_CountsWhatTopKLeft()
    {
        AssertShares(new() { Temperature = 1, TopK = 3, TopP = 0.85 }, [0, 8 / 12.0, 0, 4 / 12.0, 0]);
        AssertShares(new() { Temperature = 1, TopK = 3, TopP = 0.86 }, [2 / 14.0, 8 / 14.0, 0, 4 / 14.0, 0]);
    }

    // A quarter of the likeliest's 8/16 is 2/16.
    [Fact]
    public void Next_MinP_KeepsAShareOfTheLikeliest() =>
        AssertShares(new() { Temperature = 1, TopP = 1, MinP = 0.24 }, [2 / 14.0, 8 / 14.0, 0, 4 / 14.0, 0]);

    [Fact]
    public void Next_AnyFilters_KeepTheLikeliest() => Gen.Select(Gen.Float[-30, 30].Array[1, 40], Gen.Int[0, 1000]).Sample((logits, seed) =>
    {
        var sampler = new Sampler(new() { Temperature = 0.01 + (seed % 7), TopK = 1 + (seed % 2), TopP = 1e-9, MinP = 1, Seed = seed });
        
        // exp does not tell logits apart whose difference is below its argument's last place.
        return logits.Max() - logits[sampler.Next(logits)] < 1e-12;
    });

    // The definition: sorted by weight, then taken from the top until the share is reached. (With a share of 1 nothing is sorted.)
    [Fact]
    public void Next_TopP_DrawsAsFromTheSortedList() =>
        Gen.Select(Gen.Float[-12, 12].Array[1, 300], Gen.Double[0.001, 0.999], Gen.Int[0, 40], Gen.Int[0, 1000]).Sample((logits, topP, topK, seed) =>
        {
            var options = new SamplingOptions { Temperature = 1, TopP = topP, TopK = topK, Seed = seed };
            var sorted = logits.Select((logit, id) => (Id: id, Weight: Math.Exp((double)logit - logits.Max())))
                .OrderByDescending(token => token.Weight).ThenBy(token => token.Id).Take(topK == 0 ? logits.Length : topK).ToArray();
            var (total, sum) = (sorted.Sum(token => token.Weight), 0.0);
            var kept = sorted.TakeWhile(token => (sum += token.Weight) - token.Weight < topP * total).ToArray();
            var draw = new Random(seed).NextDouble() * kept.Sum(token => token.Weight);
            var drawn = kept.SkipWhile(token => (draw -= token.Weight) >= 1e-9 * total).Select(token => token.Id).Take(2).ToArray();

            // The orders of summation differ: within their rounding of the border between two tokens both are right.
            return drawn.Contains(new Sampler(options).Next(logits));
        });

    [Fact]
    public void Next_SameSeed_DrawsTheSame()
    {
        int[] Draw(int seed)
        {
            var sampler = new Sampler(new() { Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(s_logits))];
        }

        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));
    }

    [Fact]
    public void Next_ImpossibleTokens_AreNeverDrawn() =>
        AssertShares(new() { Temperature = 1, TopP = 1 }, [0, 1, 0], [float.NegativeInfinity, 0, float.NegativeInfinity]);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Next_NotFinite_IsACodedError(float logit) =>
        Assert.Equal(ModelsErrors.NonFiniteActivation, Assert.Throws<PithException>(() => new Sampler(new()).Next([0, logit])).Error);

    [Fact]
    public void Options_OutOfRange_AreRefusedWithTheRange()
    {
        Refused(new() { Temperature = -0.1 }, "The temperature is 0 to 100, found -0.1.");
        Refused(new() { Temperature = double.NaN }, "The temperature is 0 to 100, found NaN.");
        Refused(new() { TopK = -1 }, "Top-k is at least 0, found -1.");
        Refused(new() { TopP = 0 }, "Top-p is above 0 and at most 1, found 0.");
        Refused(new() { TopP = 1.1 }, "Top-p is above 0 and at most 1, found 1.1.");
        Refused(new() { MinP = 1.5 }, "Min-p is 0 to 1, found 1.5.");

        static void Refused(SamplingOptions options, string message) =>
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new Sampler(options)).Message, StringComparison.Ordinal);
    }

    // Four standard deviations of a share p of n draws: 4·√(p(1-p)/n) ≤ 2/√n.
    private static void AssertShares(SamplingOptions options, double[] expected, float[]? logits = null)
    {
        var sampler = new Sampler(options);
        var counts = new int[expected.Length];
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next(logits ?? s_logits)]++;
        for (var id = 0; id < counts.Length; id++)
            Assert.Equal(expected[id], (double)counts[id] / Draws, expected[id] is 0 or 1 ? 0 : 2 / Math.Sqrt(Draws));
    }
}
