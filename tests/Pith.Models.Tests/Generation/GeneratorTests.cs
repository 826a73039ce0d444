using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models.Generation;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Generation;

public sealed class GeneratorTests
{
    private static readonly LlamaConfig s_config = TinyLlama.Config with { VocabularySize = 259, ContextLength = 48 };

    [Fact]
    public void Continue_Greedy_TakesTheLikeliestTokenEachTime()
    {
        var model = Model();
        var tokens = new List<int>([1, 'a' + 3, 'b' + 3]);
        for (var i = 0; i < 10; i++)
        {
            var logits = model.Model.CreateSession().Append(tokens.ToArray()).ToArray();
            tokens.Add(Array.IndexOf(logits, logits.Max()));
        }

        var result = new Generator(model).Continue("ab", Greedy(10));

        Assert.Equal(model.Tokenizer.Tokenizer.Decode(tokens.Skip(3).ToArray()), result.Text);
        Assert.Equal(10, result.Tokens);
        Assert.Equal(3, result.PromptTokens);
        Assert.Equal(StopReason.MaxTokens, result.Reason);
        Assert.True(result.PrefillTokensPerSecond > 0);
        Assert.True(result.DecodeTokensPerSecond > 0);
        Assert.True(result.CacheBytes > 0);
    }

    [Fact]
    public void Continue_SameSeed_GivesTheSameTextOnAnyThreads()
    {
        var options = new GenerationOptions { MaxTokens = 30, Sampling = new() { Temperature = 1.5, Seed = 11 } };
        var one = new Generator(Model(), Workers.Single).Continue("x", options);
        Assert.Equal(one.Text, new Generator(Model(), new Workers(4)).Continue("x", options).Text);
        Assert.NotEqual(one.Text, new Generator(Model()).Continue("x", options with { Sampling = options.Sampling with { Seed = 12 } }).Text);
    }

    [Fact]
    public void Continue_Streaming_PiecesJoinToTheText()
    {
        var pieces = new List<string>();
        var options = new GenerationOptions { MaxTokens = 40, Sampling = new() { Temperature = 3, TopP = 1 } };
        var result = new Generator(Model()).Continue("x", options, pieces.Add);
        Assert.Equal(result.Text, string.Concat(pieces));
        Assert.True(pieces.Count > 1);
    }

    [Fact]
    public void Continue_StopString_EndsBeforeIt()
    {
        var whole = new Generator(Model(always: "abcd")).Continue("x", Greedy(8));
        Assert.Equal("abcdabcd", whole.Text);

        var result = new Generator(Model(always: "abcd")).Continue("x", Greedy(8) with { Stop = ["cda", "zz"] });

        Assert.Equal("ab", result.Text);
        Assert.Equal(StopReason.StopString, result.Reason);
        Assert.Equal(5, result.Tokens);
    }

    [Theory]
    [InlineData(2)] // end of text
    [InlineData(1)] // the beginning of another text
    public void Continue_EndToken_EndsTheText(int end)
    {
        var result = new Generator(Model(always: "ab", thenToken: end)).Continue("x", Greedy(8));
        Assert.Equal("ab", result.Text);
        Assert.Equal(2, result.Tokens);
        Assert.Equal(StopReason.EndOfText, result.Reason);
    }

    [Fact]
    public void Continue_ContextFull_StopsThere()
    {
        var result = new Generator(Model(always: "a")).Continue("x", Greedy(1000));
        Assert.Equal(StopReason.ContextFull, result.Reason);

        // 48 tokens are run, BOS and x among them; the last one drawn needs no place.
        Assert.Equal(47, result.Tokens);
    }

    [Fact]
    public void Continue_PromptLongerThanTheContext_IsACodedError()
    {
        var failure = Assert.Throws<PithException>(() => new Generator(Model()).Continue(new string('x', 48)));
        Assert.Equal(ModelsErrors.ContextOverflow, failure.Error);
        Assert.Contains("at most 48 tokens, found 49", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Continue_EmptyPrompt_StartsFromBosOrIsACodedError()
    {
        Assert.Equal(1, new Generator(Model()).Continue("", Greedy(1)).PromptTokens);
        var failure = Assert.Throws<PithException>(() => new Generator(Model(hasBos: false)).Continue("", Greedy(1)));
        Assert.Equal(ModelsErrors.EmptyPrompt, failure.Error);
    }

    [Fact]
    public void Answer_WithATemplate_ContinuesWhatItRenders()
    {
        var model = Model();
        var template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>";
        var chat = LanguageModel.Create("tiny", model.Model, model.Tokenizer with { ChatTemplate = template });

        var answer = new Generator(chat).Answer([new("system", "s"), new("user", "hi")], Greedy(5));

        var expected = new Generator(model).Continue(model.Tokenizer.Tokenizer.Encode("<system>s<user>hi<assistant>"), startsText: true, Greedy(5));
        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.PromptTokens, answer.PromptTokens);
    }

    [Fact]
    public void Answer_NoTemplate_IsACodedError() => Assert.Equal(
        ModelsErrors.NoChatTemplate, Assert.Throws<PithException>(() => new Generator(Model()).Answer([new("user", "hi")])).Error);

    [Fact]
    public void Continue_OptionsOutOfRange_AreRefused()
    {
        var generator = new Generator(Model());
        Assert.Throws<ArgumentException>(() => generator.Continue("x", Greedy(0)));
        Assert.Throws<ArgumentException>(() => generator.Continue("x", Greedy(1) with { Stop = [""] }));
        Assert.Throws<ArgumentException>(() => generator.Continue("x", Greedy(1) with { Sampling = new() { TopP = 2 } }));
    }

    [Fact]
    public void Continue_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            new Generator(Model()).Continue("x", Greedy(40), _ => source.Cancel(), source.Token));
    }

    private static GenerationOptions Greedy(int tokens) => new() { MaxTokens = tokens, Sampling = SamplingOptions.Greedy };

    // A model of one layer that passes its embedding on: after each letter comes the next of a cycle.
    private static LanguageModel Model(string? always = null, bool hasBos = true, int? thenToken = null)
    {
        var source = TinyLlama.Weights(s_config);
        if (always is not null)
            Cycle(source, [.. always.Select(letter => letter + 3), .. thenToken is { } token ? [token] : Array.Empty<int>()]);
        return LanguageModel.Create("tiny", LlamaModel.Load(s_config, source), LetterTokenizer.Bundle(hasBos));
    }

    // Blocks add nothing; the embedding of each letter of the cycle is a unit vector, and so is the head's row of the letter after it.
    private static void Cycle(MemoryTensorSource source, int[] letters)
    {
        foreach (var name in source.Tensors.Keys.Where(name => name.Contains("_proj", StringComparison.Ordinal) || name.StartsWith("lm_head", StringComparison.Ordinal)))
            Array.Clear(source.Numbers(name));
        var (embedding, head) = (source.Numbers("model.embed_tokens.weight"), source.Numbers("lm_head.weight"));
        Array.Clear(embedding);
        Array.Fill(source.Numbers("model.norm.weight"), 1);
        for (var i = 0; i < letters.Length; i++)
        {
            embedding[(letters[i] * s_config.HiddenSize) + i] = 1;
            head[(letters[(i + 1) % letters.Length] * s_config.HiddenSize) + i] = 1;
        }

        embedding[(('x' + 3) * s_config.HiddenSize) + letters.Length - 1] = 1;
    }
}
