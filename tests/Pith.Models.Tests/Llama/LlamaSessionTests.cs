using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

public sealed class LlamaSessionTests
{
    // Two layers of contractions up to 50 long in 2^-24 arithmetic, on logits of order 1: 50 · 2^-24 · (depth of some 20 operations) < 1e-4.
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Shapes => ["plain", "tied", "biases", "window", "wide-heads", "no-grouping"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Append_AnyShape_AgreesWithPlainDoubles(string shape)
    {
        var config = Shape(shape);
        using var source = TinyLlama.Weights(config);
        var tokens = TinyLlama.Tokens(config, 40);
        var plain = new PlainLlama(config, source, Plan.Empty);
        var session = LlamaModel.Load(config, source).CreateSession(workers: Workers.Single);

        var logits = session.Append(tokens, LogitRows.All);

        Assert.Equal(tokens.Length, session.Position);
        for (var t = 0; t < tokens.Length; t++)
        {
            var expected = plain.Append(tokens[t]);
            for (var id = 0; id < config.VocabularySize; id++)
                Assert.Equal(expected[id], logits.Span[(t * config.VocabularySize) + id], Tolerance);
        }
    }

    [Fact]
    public void Append_BitLinear_AgreesWithPlainDoubles()
    {
        // Rounding to 127 levels turns a difference of 1e-7 into one of a level now and then; the first tokens show the arithmetic.
        var config = TinyLlama.Config with { IsBitLinear = true };
        using var source = TinyLlama.Weights(config);
        var tokens = TinyLlama.Tokens(config, 8);
        var plain = new PlainLlama(config, source, Plan.Empty);
        var logits = LlamaModel.Load(config, source).CreateSession().Append(tokens, LogitRows.All);

        for (var t = 0; t < tokens.Length; t++)
        {
            var expected = plain.Append(tokens[t]);
            for (var id = 0; id < config.VocabularySize; id++)
                Assert.Equal(expected[id], logits.Span[(t * config.VocabularySize) + id], 0.02);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Append_PieceByPiece_GivesTheSameBitsAsAtOnce(int piece)
    {
        var model = TinyLlama.Model(TinyLlama.Config with { SlidingWindow = 11 });
        var tokens = TinyLlama.Tokens(model.Config, 40);
        var whole = model.CreateSession().Append(tokens, LogitRows.All).ToArray();
        var session = model.CreateSession();

        var pieces = tokens.Chunk(piece)
            .SelectMany(chunk => session.Append(chunk, LogitRows.All).ToArray());

        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Append_MoreThreads_GivesTheSameBits()
    {
        var config = TinyLlama.Config with { HiddenSize = 132, IntermediateSize = 200, VocabularySize = 300 };
        var model = TinyLlama.Model(config);
        var tokens = TinyLlama.Tokens(config, 60);

        float[] Run(int threads) => model.CreateSession(workers: new Workers(threads))
            .Append(tokens, LogitRows.All).ToArray();

        Assert.Equal(Run(1), Run(5));
    }

    [Fact]
    public void Append_LongText_ChunksGiveTheSameBitsAsTokens()
    {
        var model = TinyLlama.Model(TinyLlama.Config with { ContextLength = 300 });
        var tokens = TinyLlama.Tokens(model.Config, 300);
        var session = model.CreateSession();
        var one = Array.Empty<float>();
        foreach (var token in tokens)
            one = session.Append([token]).ToArray();

        Assert.Equal(one, model.CreateSession().Append(tokens).ToArray());
    }

    [Fact]
    public void Truncate_ThenAppend_ForgetsTheRest()
    {
        var model = TinyLlama.Model();
        var tokens = TinyLlama.Tokens(model.Config, 20);
        var session = model.CreateSession();
        session.Append(tokens, LogitRows.None);
        session.Truncate(5);

        var logits = session.Append(tokens.AsSpan(5, 4)).ToArray();

        Assert.Equal(model.CreateSession().Append(tokens.AsSpan(0, 9)).ToArray(), logits);
        Assert.Equal(9, session.Position);
    }

    [Fact]
    public void Append_MoreThanCapacity_IsRefusedAndLeavesTheSessionAsItWas()
    {
        var model = TinyLlama.Model();
        var session = model.CreateSession(capacity: 4);
        session.Append([3, 4], LogitRows.None);

        var failure = Assert.Throws<PithException>(() => session.Append([5, 6, 7]));

        Assert.Equal(ModelsErrors.ContextOverflow, failure.Error);
        Assert.Contains("at most 4 tokens, found 5", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, session.Position);
        Assert.Equal(model.Config.VocabularySize, session.Append([5, 6]).Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(61)]
    public void Append_TokenOutsideTheVocabulary_IsRefused(int token) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TinyLlama.Model().CreateSession().Append([token]));

    [Fact]
    public void Append_Cancelled_LeavesTheSessionAsItWas()
    {
        var session = TinyLlama.Model().CreateSession();
        Assert.Throws<OperationCanceledException>(() => session.Append([1, 2], LogitRows.Last, new CancellationToken(canceled: true)));
        Assert.Equal(0, session.Position);
    }

    private static LlamaConfig Shape(string name) => name switch
    {
        "tied" => TinyLlama.Config with { IsHeadTied = true },
        "biases" => TinyLlama.Config with { HasQkvBias = true, HasOutputBias = true, HasMlpBias = true },
        "window" => TinyLlama.Config with { SlidingWindow = 9 },
        "wide-heads" => TinyLlama.Config with { HeadSize = 34, Heads = 3, KvHeads = 1 },
        "no-grouping" => TinyLlama.Config with { KvHeads = 6 },
        _ => TinyLlama.Config,
    };
}
