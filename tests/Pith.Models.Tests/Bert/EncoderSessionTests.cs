using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Bert;
using Pith.Models.Blocks;
using Pith.TestKit;

namespace Pith.Models.Tests.Bert;

public sealed class EncoderSessionTests
{
    // As for the other families: 50 · 2^-24 · (depth of some 20 operations) < 1e-4 on numbers of order 1.
    private const double Tolerance = 1e-4;

    public static TheoryData<string, EncoderHead> Kinds { get; } = new(
        from type in new[] { "bert", "roberta", "xlm-roberta", "distilbert" } from head in Enum.GetValues<EncoderHead>() select (type, head));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_AnyKind_AgreesWithPlainDoubles(string type, EncoderHead head)
    {
        var config = TinyBert.Config(type, head);
        using var source = TinyOpt.Weights(config);
        var plain = new PlainBert(config, source, Plan.Empty);
        EncoderInput[] texts = [TinyBert.Text(config, 17), TinyBert.Text(config, 1, 4), TinyBert.Text(config, 8, 5)];

        var session = EncoderModel.Load(config, source).CreateSession(Workers.Single);
        var states = session.Run(texts, TestContext.Current.CancellationToken).ToArray();

        var expected = texts.Select(plain.States).ToArray();
        AssertClose([.. expected.SelectMany(rows => rows.SelectMany(row => row))], states);
        AssertClose([.. expected.SelectMany(rows => rows[0])], session.Pool(EncoderPooling.First));
        AssertClose([.. expected.SelectMany(rows => Enumerable.Range(0, config.HiddenSize).Select(i => rows.Average(row => row[i])))], session.Pool(EncoderPooling.Mean));
        if (config.HasPooler || (type == "bert" && head == EncoderHead.Sequence))
            AssertClose([.. expected.SelectMany(rows => plain.Pooled(head == EncoderHead.None ? "" : "bert.", rows[0]))], session.Pool(EncoderPooling.Pooler));
        if (head is EncoderHead.Sequence or EncoderHead.Token)
            AssertClose([.. texts.SelectMany(plain.Scores)], session.Scores());
        if (head == EncoderHead.MaskedToken)
            AssertClose([.. plain.Predict(expected[0][3]), .. plain.Predict(expected[2][7])], session.Predict([3, 25]));
    }

    [Theory]
    [InlineData(MlpActivation.Relu, true)]
    [InlineData(MlpActivation.GeluTanh, false)]
    public void Run_OtherActivationOrUntiedHead_AgreesWithPlainDoubles(MlpActivation activation, bool isTied)
    {
        var config = TinyBert.Config(head: EncoderHead.MaskedToken) with { Activation = activation, IsHeadTied = isTied };
        using var source = TinyOpt.Weights(config);
        var plain = new PlainBert(config, source, Plan.Empty);
        var text = TinyBert.Text(config, 5);

        var session = EncoderModel.Load(config, source).CreateSession();
        _ = session.Run([text], TestContext.Current.CancellationToken);

        AssertClose(plain.Predict(plain.States(text)[4]), session.Predict([4]));
    }

    [Fact]
    public void Run_TextBesideOthers_HasTheBitsItHasAlone() =>
        Gen.Select(Gen.Int[1, 40].Array[1, 6], Gen.Int[1, 4], Gen.Bool).Sample((lengths, threads, isRounded) =>
        {
            var config = TinyBert.Config();
            using var source = TinyOpt.Weights(config);
            var format = NumberFormat.Parse("mxint8:16");
            var plan = isRounded ? Plan.Uniform(config.Sites.Select(shape => shape.Site), format, format) : Plan.Empty;
            var model = EncoderModel.Load(config, source, plan);
            var texts = lengths.Select((length, i) => TinyBert.Text(config, length, i)).ToArray();
            var together = model.CreateSession(new Workers(threads));

            var states = together.Run(texts).ToArray();
            var scores = together.Scores();

            for (var i = 0; i < texts.Length; i++)
            {
                var alone = model.CreateSession(Workers.Single);
                Assert.Equal(alone.Run([texts[i]]).ToArray(), states.AsSpan(together.Start(i) * config.HiddenSize, lengths[i] * config.HiddenSize).ToArray());
                Assert.Equal(alone.Scores(), scores.AsSpan(i * config.Labels.Count, config.Labels.Count).ToArray());
            }
        }, iter: 30);

    [Fact]
    public void Run_AllOperandsInAFormat_RoundsWhatTheFormulaRounds()
    {
        // Nearly always both sides round to the same level; a difference of 1e-7 at a tie moves a number by a step now and then.
        var config = TinyBert.Config();
        using var source = TinyOpt.Weights(config);
        var format = NumberFormat.Parse("mxint8:16");
        var plan = Plan.Uniform(config.Sites.Select(shape => shape.Site), format, format);
        var model = EncoderModel.Load(config, source, plan);
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
            source.Pack(config.WeightNameOf(shape.Site), format);
        var text = TinyBert.Text(config, 12);

        var emulated = model.CreateSession().Run([text], TestContext.Current.CancellationToken).ToArray();
        var packed = EncoderModel.Load(config, source, plan).CreateSession().Run([text], TestContext.Current.CancellationToken).ToArray();

        double[] expected = [.. new PlainBert(config, source, plan).States(text).SelectMany(row => row)];
        Assert.True(expected.Zip(emulated, (e, f) => Math.Abs(e - f)).Average() < 1e-3);
        Assert.True(expected.Zip(packed, (e, f) => Math.Abs(e - f)).Average() < 1e-3);
        using var original = TinyOpt.Weights(config);
        Assert.NotEqual(EncoderModel.Load(config, original).CreateSession().Run([text], TestContext.Current.CancellationToken).ToArray(), emulated);
    }

    [Fact]
    public void Run_WithObserver_ShowsTheOperandsOfEverySite()
    {
        var config = TinyBert.Config();
        using var source = TinyOpt.Weights(config);
        var session = EncoderModel.Load(config, source).CreateSession();
        var seen = new HashSet<(Site Site, bool IsRight, int Rows)>();
        session.Observer = (site, isRight, rows, width) => seen.Add((site, isRight, rows.Length / width));

        _ = session.Run([TinyBert.Text(config, 5), TinyBert.Text(config, 3)], TestContext.Current.CancellationToken);

        // All tokens of both texts; Q, K and V by heads. The probabilities are never in memory as a whole.
        Assert.Equal(config.Sites.Count + config.Layers, seen.Count);
        Assert.All(seen, row => Assert.Equal(row.Site.HasWeight ? 8 : 8 * config.Heads, row.Rows));
    }

    [Fact]
    public void Run_PaddingTokenOfRoberta_IsNotCounted()
    {
        // create_position_ids_from_input_ids of the stock model: padding stands at the row of its id, the rest is counted from behind it.
        var config = TinyBert.Config("roberta", EncoderHead.None) with { Layers = 1 };
        using var source = TinyOpt.Weights(config);
        foreach (var name in source.Tensors.Keys.Where(name => name.StartsWith("encoder.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal)))
            Array.Clear(source.Numbers(name));
        var positions = source.Numbers("embeddings.position_embeddings.weight");
        var words = source.Numbers("embeddings.word_embeddings.weight");
        positions.AsSpan(3 * 36, 36).CopyTo(positions.AsSpan(2 * 36));
        words.AsSpan(7 * 36, 36).CopyTo(words.AsSpan(8 * 36));
        var session = EncoderModel.Load(config, source).CreateSession();

        // Rows 2 and 3 are equal, words 7 and 8 too: only where the second stands at row 3 do the two states agree.
        var states = session.Run([new EncoderInput(new[] { 7, 1, 8 })], TestContext.Current.CancellationToken).ToArray();

        Assert.Equal(states[..36], states[72..]);
    }

    [Theory]
    [InlineData(EncoderHead.None, "a head for texts or tokens")]
    [InlineData(EncoderHead.MaskedToken, "a head for texts or tokens")]
    public void Scores_ModelWithoutLabels_IsRefused(EncoderHead head, string expected)
    {
        var config = TinyBert.Config(head: head);
        using var source = TinyOpt.Weights(config);
        var session = EncoderModel.Load(config, source).CreateSession();
        _ = session.Run([TinyBert.Text(config, 2)], TestContext.Current.CancellationToken);
        var failure = Assert.Throws<PithException>(session.Scores);
        Assert.Same(ModelsErrors.NoHead, failure.Error);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BadText_IsRefused()
    {
        var config = TinyBert.Config();
        using var source = TinyOpt.Weights(config);
        var session = EncoderModel.Load(config, source).CreateSession();
        Assert.Throws<ArgumentException>(() => session.Run([new EncoderInput(Array.Empty<int>())], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => session.Run([new EncoderInput(new[] { 1, 2 }, new[] { 0 })], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Run([new EncoderInput(new[] { 61 })], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Run([new EncoderInput(new[] { 1 }, new[] { 2 })], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Run([], TestContext.Current.CancellationToken));
        var failure = Assert.Throws<PithException>(() => session.Run([TinyBert.Text(config, 41)], TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.NoPositions, failure.Error);
        Assert.Contains("at most 40 tokens, found one of 41", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CausalModel_IsRefused()
    {
        using var source = TinyOpt.Weights(TinyOpt.Config);
        Assert.Same(ModelsErrors.NotAnEncoder, Assert.Throws<PithException>(() => EncoderModel.Load(TinyOpt.Config, source)).Error);
        using var own = TinyOpt.Weights(TinyBert.Config());
        Assert.Same(ModelsErrors.NotCausal, Assert.Throws<PithException>(() => CausalModel.Load(TinyBert.Config(), own)).Error);
    }

    private static void AssertClose(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < found.Length; i++)
            Assert.Equal(expected[i], found[i], Tolerance);
    }
}
