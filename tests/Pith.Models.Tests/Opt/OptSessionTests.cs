using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models.Llama;
using Pith.Models.Opt;
using Pith.TestKit;

namespace Pith.Models.Tests.Opt;

public sealed class OptSessionTests
{
    // As for the Llama family: 50 · 2^-24 · (depth of some 20 operations) < 1e-4 on logits of order 1.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("plain")]
    [InlineData("norms-behind")]
    [InlineData("projected")]
    [InlineData("untied")]
    [InlineData("bare")]
    public void Append_AnyShape_AgreesWithPlainDoubles(string name)
    {
        var config = Shape(name);
        using var source = TinyOpt.Weights(config);
        var tokens = TinyOpt.Tokens(config, 40);
        var plain = new PlainOpt(config, source, Plan.Empty);

        var logits = OptModel.Load(config, source).CreateSession(workers: Workers.Single).Append(tokens, LogitRows.All);

        for (var t = 0; t < tokens.Length; t++)
        {
            var expected = plain.Append(tokens[t]);
            for (var id = 0; id < config.VocabularySize; id++)
                Assert.Equal(expected[id], logits.Span[(t * config.VocabularySize) + id], Tolerance);
        }
    }

    [Fact]
    public void Append_AllOperandsInAFormat_RoundsWhatTheFormulaRounds()
    {
        // Nearly always both sides round to the same level; a difference of 1e-7 at a tie moves a logit by a step now and then.
        var config = TinyOpt.Config;
        using var source = TinyOpt.Weights(config);
        var format = NumberFormat.Parse("mxint8:16");
        var plan = Plan.Uniform(config.Sites.Select(shape => shape.Site), format, format);
        var model = OptModel.Load(config, source, plan);
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
            source.Pack(config.WeightNameOf(shape.Site), format);
        var plain = new PlainOpt(config, source, plan);

        var logits = model.CreateSession().Append([5, 6, 7, 8], LogitRows.All).ToArray();

        double[] expected = [.. new[] { 5, 6, 7, 8 }.SelectMany(plain.Append)];
        Assert.True(expected.Zip(logits, (e, l) => Math.Abs(e - l)).Average() < 1e-3);
        Assert.NotEqual(OptModel.Load(config, TinyOpt.Weights(config)).CreateSession().Append([5, 6, 7, 8], LogitRows.All).ToArray(), logits);
    }

    [Theory]
    [InlineData("mxint8:16", "mxint8:16")]
    [InlineData("bfp6:16", null)]
    public void Append_PackedWeights_AgreesWithEmulation(string weights, string? activations)
    {
        var config = TinyOpt.Config;
        var plan = Plan.Uniform(
            config.Sites.Select(shape => shape.Site), NumberFormat.Parse(weights), activations is null ? null : NumberFormat.Parse(activations));
        using var plainSource = TinyOpt.Weights(config);
        using var packed = TinyOpt.Weights(config);
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
            packed.Pack(config.WeightNameOf(shape.Site), NumberFormat.Parse(weights));
        var tokens = TinyOpt.Tokens(config, 6);

        var emulated = OptModel.Load(config, plainSource, plan).CreateSession().Append(tokens, LogitRows.All).ToArray();
        var executed = OptModel.Load(config, packed, plan).CreateSession().Append(tokens, LogitRows.All).ToArray();

        // Sums in integers and sums in floats differ by roundings of 2^-24, and rarely by a level of the next activation.
        Assert.True(emulated.Zip(executed, (a, b) => Math.Abs(a - b)).Average() < 1e-3);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    public void Append_PieceByPieceOnAnyThreads_GivesTheSameBitsAsAtOnce(int piece, int threads)
    {
        var config = TinyOpt.Config with { HiddenSize = 132, EmbeddingSize = 36, HeadSize = 22, IntermediateSize = 200, ContextLength = 300 };
        using var source = TinyOpt.Weights(config);
        var format = NumberFormat.Parse("bfp8:16");
        var model = OptModel.Load(config, source, Plan.Uniform(config.Sites.Select(shape => shape.Site), format, format));
        var tokens = TinyOpt.Tokens(config, 300);
        var whole = model.CreateSession(workers: Workers.Single).Append(tokens, LogitRows.All).ToArray();
        var session = model.CreateSession(workers: new Workers(threads));

        var pieces = tokens.Chunk(piece).SelectMany(chunk => session.Append(chunk, LogitRows.All).ToArray());

        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Load_MissingTensor_IsNamed()
    {
        using var source = TinyOpt.Weights(TinyOpt.Config);
        var failure = Assert.Throws<PithException>(() => CausalModel.Load(TinyOpt.Config with { Layers = 3 }, source));
        Assert.Equal(ModelsErrors.MissingTensor, failure.Error);
        Assert.Contains("model.decoder.layers.2.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateSession_MoreTokensThanPositions_IsRefused()
    {
        using var source = TinyOpt.Weights(TinyOpt.Config);
        var failure = Assert.Throws<PithException>(() => OptModel.Load(TinyOpt.Config, source).CreateSession(capacity: 65));
        Assert.Equal(ModelsErrors.NoPositions, failure.Error);
    }

    private static OptConfig Shape(string name) => name switch
    {
        "norms-behind" => TinyOpt.Config with { NormsFirst = false, HasFinalNorm = false },
        "projected" => TinyOpt.Config with { NormsFirst = false, HasFinalNorm = false, EmbeddingSize = 20 },
        "untied" => TinyOpt.Config with { IsHeadTied = false },
        "bare" => TinyOpt.Config with { HasBias = false, HasNormWeights = false },
        _ => TinyOpt.Config,
    };
}
