using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.Models.Tests.Checkpoints;
using Pith.TestKit;

namespace Pith.Models.Tests;

public sealed class LanguageEncoderTests : IDisposable
{
    // Ids of TinyBert's vocabulary by hand: a letter is 5 + its place, inside a word 31 + its place; the, good, bad and . are 57 to 60.
    private const int Cls = 2;
    private const int Sep = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_TextAndPair_StandBetweenTheirSpecialTokens()
    {
        var encoder = Encoder();
        var single = encoder.Encode(new TextPair("the Good cab."));
        Assert.Equal([Cls, 57, 58, 7, 31, 32, 60, Sep], single.Tokens);
        Assert.All(single.Types, type => Assert.Equal(0, type));
        var pair = encoder.Encode(new TextPair("good", "bad x"));
        Assert.Equal([Cls, 58, Sep, 59, 28, Sep], pair.Tokens);
        Assert.Equal([0, 0, 0, 1, 1, 1], pair.Types);
        Assert.Equal([-1, 0, -1, 1, 1, -1], pair.Texts);
        Assert.False(pair.IsTruncated);
    }

    [Fact]
    public void Encode_NameOfASpecialToken_IsOrdinaryText() => Assert.DoesNotContain(Sep, Encoder().Encode(new TextPair("[SEP]")).Tokens[1..^1]);

    [Fact]
    public void Classify_Pair_IsWhatTheSessionSaysOfItsTokens()
    {
        var encoder = Encoder();
        var session = encoder.Model.CreateSession();
        _ = session.Run([new EncoderInput(new[] { Cls, 58, Sep, 59, Sep }, new[] { 0, 0, 0, 1, 1 })], TestContext.Current.CancellationToken);
        var scores = session.Scores();

        var found = encoder.Classify("good", "bad");

        Assert.Equal(scores, found.Scores);
        Assert.Equal(Array.IndexOf(scores, scores.Max()), found.Index);
        Assert.Equal(encoder.Config.Labels[found.Index], found.Label);
        var total = scores.Sum(score => Math.Exp(score));
        for (var i = 0; i < scores.Length; i++)
            Assert.Equal(Math.Exp(scores[i]) / total, found.Probabilities[i], 1e-6);
    }

    [Fact]
    public void Classify_SegmentsAndOrder_Matter()
    {
        var encoder = Encoder();
        Assert.NotEqual(encoder.Classify("good", "bad").Scores, encoder.Classify("bad", "good").Scores);
        Assert.NotEqual(encoder.Classify("good", "").Scores, encoder.Classify("good").Scores);
    }

    [Fact]
    public void Classify_ManyTexts_AreAsAlone()
    {
        var encoder = Encoder();
        TextPair[] texts = [.. Enumerable.Range(0, 90).Select(i => new TextPair(new string('x', i % 37), i % 3 == 0 ? "the bad." : null))];
        var together = encoder.Classify(texts, cancellation: TestContext.Current.CancellationToken);
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(encoder.Classify(texts[i].Text, texts[i].Pair).Scores, together[i].Scores);
    }

    [Fact]
    public void Classify_IndependentLabels_HaveProbabilitiesOfTheirOwn()
    {
        var config = TinyBert.Config() with { IsMultiLabel = true };
        var found = Encoder(config).Classify("good");
        for (var i = 0; i < found.Scores.Count; i++)
            Assert.Equal(1 / (1 + Math.Exp(-found.Scores[i])), found.Probabilities[i], 1e-6);
    }

    [Fact]
    public void Classify_TooLong_LosesTheEndOfTheLongerText()
    {
        var encoder = Encoder();
        var words = string.Join(' ', Enumerable.Repeat("the good", 30));

        Assert.True(encoder.Classify(words).IsTruncated);
        Assert.Equal(encoder.Classify(string.Join(' ', Enumerable.Repeat("the good", 19))).Scores, encoder.Classify(words).Scores);

        // 40 positions, 3 special tokens: 37 for 60 and 2.
        var framed = encoder.Encode(new TextPair(words, "bad."));
        Assert.Equal((35, 2), (framed.Texts.Count(text => text == 0), framed.Texts.Count(text => text == 1)));

        // Both are long: of equally long ones the second gives way first.
        framed = encoder.Encode(new TextPair(words, words));
        Assert.Equal((19, 18), (framed.Texts.Count(text => text == 0), framed.Texts.Count(text => text == 1)));
    }

    [Fact]
    public void TagWords_WordOfSeveralTokens_HasTheLabelOfItsFirst()
    {
        var encoder = Encoder(TinyBert.Config(head: EncoderHead.Token));
        var tokens = encoder.TagTokens("cab the .", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["c", "a", "b", "the", "."], tokens.Select(tag => tag.Text.Trim()));

        var words = encoder.TagWords(["cab", "the", "\u0007", "."], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([tokens[0].Label, tokens[3].Label, null, tokens[4].Label], words.Select(tag => tag.Label));
        Assert.Equal(tokens[3].Probability, words[1].Probability);
        var long_ = encoder.TagWords([.. Enumerable.Repeat("the", 50)], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(38, long_.Count(tag => tag.Label is not null));
    }

    [Theory]
    [InlineData(EncoderPooling.Mean)]
    [InlineData(EncoderPooling.First)]
    [InlineData(EncoderPooling.Pooler)]
    public void Embed_Texts_IsWhatTheSessionPools(EncoderPooling pooling)
    {
        var encoder = Encoder(TinyBert.Config(head: EncoderHead.None));
        var session = encoder.Model.CreateSession();
        _ = session.Run([new EncoderInput(new[] { Cls, 59, Sep })], TestContext.Current.CancellationToken);
        Assert.Equal(session.Pool(pooling), encoder.Embed(["good", "bad"], pooling, cancellation: TestContext.Current.CancellationToken)[1]);
    }

    [Theory]
    [InlineData("bert", EncoderHead.Sequence)]
    [InlineData("bert", EncoderHead.None)]
    [InlineData("roberta", EncoderHead.Sequence)]
    [InlineData("distilbert", EncoderHead.Token)]
    [InlineData("bert", EncoderHead.MaskedToken)]
    public void Open_OldSpellings_GivesTheSameNumbers(string type, EncoderHead head)
    {
        var config = TinyBert.Config(type, head);
        using var weights = TinyOpt.Weights(config);
        var prefix = type + ".";
        TinyBert.Write(_folder.Root, config, weights, name => (head == EncoderHead.None ? prefix + name : name.Replace(prefix, "", StringComparison.Ordinal))
            .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
            .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal)
            .Replace("cls.predictions.bias", "cls.predictions.decoder.bias", StringComparison.Ordinal));

        var encoder = LanguageEncoder.Open(_folder.Root, cancellation: TestContext.Current.CancellationToken);

        var own = LanguageEncoder.Create("own", EncoderModel.Load(config, weights), TinyBert.Tokenizer());
        Assert.Equal(own.Embed(["the good", "x"], cancellation: TestContext.Current.CancellationToken), encoder.Embed(["the good", "x"], cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_ModelSavedWithoutItsPooler_DoesWithout()
    {
        var config = TinyBert.Config(head: EncoderHead.None) with { HasPooler = false };
        using var weights = TinyOpt.Weights(config);
        TinyBert.Write(_folder.Root, config, weights);
        var encoder = LanguageEncoder.Open(_folder.Root, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(config.HiddenSize, encoder.Embed(["x"], cancellation: TestContext.Current.CancellationToken)[0].Length);
        var failure = Assert.Throws<PithException>(() => encoder.Embed(["x"], EncoderPooling.Pooler, cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.NoHead, failure.Error);
    }

    [Fact]
    public void Open_NoEncoder_IsRefused()
    {
        var failure = Assert.Throws<PithException>(() => LanguageEncoder.Open(
            Path.Combine(Repository.Root, "models", "pith-0.45m"), cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.NotAnEncoder, failure.Error);
    }

    [Fact]
    public void Use_OtherHead_NamesBothArchitectures()
    {
        var failure = Assert.Throws<PithException>(() => Encoder(TinyBert.Config("roberta", EncoderHead.Token)).Classify("x"));
        Assert.Same(ModelsErrors.NoHead, failure.Error);
        Assert.Contains("expected the architecture RobertaForSequenceClassification, found RobertaForTokenClassification", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TokenizerThatDoesNotFit_IsRefused()
    {
        using var weights = TinyOpt.Weights(TinyBert.Config(vocabulary: 40));
        var small = EncoderModel.Load(TinyBert.Config(vocabulary: 40), weights);
        Assert.Same(ModelsErrors.TokenizerMismatch, Assert.Throws<PithException>(() => LanguageEncoder.Create("m", small, TinyBert.Tokenizer())).Error);
        var narrow = TinyBert.Config() with { Positions = 3, ContextLength = 3 };
        using var few = TinyOpt.Weights(narrow);
        Assert.Same(ModelsErrors.NoPositions, Assert.Throws<PithException>(() => LanguageEncoder.Create("m", EncoderModel.Load(narrow, few), TinyBert.Tokenizer())).Error);
    }

    private static LanguageEncoder Encoder(BertConfig? config = null)
    {
        var shape = config ?? TinyBert.Config();
        using var weights = TinyOpt.Weights(shape);
        return LanguageEncoder.Create("tiny", EncoderModel.Load(shape, weights), TinyBert.Tokenizer());
    }
}
