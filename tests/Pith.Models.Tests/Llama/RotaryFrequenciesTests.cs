using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

public sealed class RotaryFrequenciesTests
{
    private static readonly LlamaConfig s_config = TinyLlama.Config with { HeadSize = 8, ContextLength = 2048, RopeTheta = 10000 };

    [Fact]
    public void Frequencies_NoScaling_ArePowersOfTheta() =>
        AssertEqual([1, 0.1, 0.01, 0.001], s_config, 100);

    [Fact]
    public void Frequencies_Linear_AreDividedByTheFactor() =>
        AssertEqual([0.25, 0.025, 0.0025, 0.00025], s_config with { RopeScaling = new(RopeScalingKind.Linear, 4) }, 100);

    [Fact]
    public void Frequencies_DynamicWithinTheContext_AreUnchanged() =>
        AssertEqual([1, 0.1, 0.01, 0.001], s_config with { RopeScaling = new(RopeScalingKind.Dynamic, 2) }, 2048);

    // theta' = theta · ((2 · 4096 / 2048) - 1)^(8/6) = 10000 · 3^(4/3); frequency i divided by 3^(4/3 · 2i/8) = 3^(i/3).
    [Fact]
    public void Frequencies_DynamicBeyondTheContext_GrowTheBase() =>
        AssertEqual(
            [1, 0.1 / Math.Cbrt(3), 0.01 / Math.Cbrt(9), 0.001 / 3], s_config with { RopeScaling = new(RopeScalingKind.Dynamic, 2) }, 4096);

    // Original 2048, low 1, high 4: wavelengths 6.28, 62.8 < 512 are kept; 6283 > 2048 is divided by 8; 628.3 lies between:
    // smooth = (2048/628.3185 - 1) / 3 = 0.7531643, 0.01 · ((1 - smooth) / 8 + smooth) = 0.00784018…
    [Fact]
    public void Frequencies_Llama3_KeepHighDivideLowRampBetween()
    {
        var smooth = ((2048 / (200 * Math.PI)) - 1) / 3;
        AssertEqual(
            [1, 0.1, (0.01 * (1 - smooth) / 8) + (0.01 * smooth), 0.001 / 8],
            s_config with { ContextLength = 131072, RopeScaling = new(RopeScalingKind.Llama3, 8, 1, 4, 2048) },
            100);
        Assert.InRange(smooth, 0.75, 0.76);
    }

    // Pair of r rotations: 8 · ln(2048 / (2πr)) / (2 · ln 10000): r = 32 gives 1.007 -> floor 1, r = 1 gives 2.513 -> ceiling 3.
    // Ramp: pairs 0, 1 kept; pair 2 half way; pair 3 interpolated.
    [Fact]
    public void Frequencies_Yarn_InterpolateByParts()
    {
        var config = s_config with { ContextLength = 8192, RopeScaling = new(RopeScalingKind.Yarn, 4, OriginalContext: 2048) };
        AssertEqual([1, 0.1, 0.01 * (0.5 + (0.5 / 4)), 0.001 / 4], config, 100);
        Span<float> cosines = stackalloc float[4];
        Span<float> sines = stackalloc float[4];
        new RotaryFrequencies(config, 100).Fill(0, 1, cosines, sines);
        Assert.Equal((0.1 * Math.Log(4)) + 1, cosines[0], 1e-7);
        Assert.Equal(0, sines[0]);
    }

    [Fact]
    public void Fill_LaterPositions_AreCosinesAndSinesOfTheAngles()
    {
        Span<float> cosines = stackalloc float[8];
        Span<float> sines = stackalloc float[8];
        new RotaryFrequencies(s_config, 100).Fill(30, 2, cosines, sines);
        Assert.Equal(MathF.Cos(31f), cosines[4], 1e-6f);
        Assert.Equal(MathF.Sin(3.1f), sines[5], 1e-6f);
    }

    private static void AssertEqual(double[] expected, LlamaConfig config, int capacity)
    {
        var found = new RotaryFrequencies(config, capacity).RadiansPerToken;
        Assert.Equal(expected.Length, found.Count);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], expected[i] * 1e-12);
    }
}
