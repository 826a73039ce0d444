using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Tasks;
using Pith.Models.Llama;
using Pith.Models.Tests.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation.Tasks;

public sealed class MultipleChoiceTests
{
    // Logits reach ln 257 ≈ 6 in float, with a relative error of some 2⁻²³ for each of embedding, norm and head.
    private const double Tolerance = 1e-5;

    private static readonly LanguageModel s_model = BigramModel.Create(16, ('a', ' ', 0.99), (' ', 'x', 0.5), (' ', 'y', 0.4), ('y', 'z', 0.9));

    // ln 0.5 = -0.69 against ln 0.36 = -1.02; by bytes -0.69 against -0.51 (the space weighs ln 0.99 = -0.01).
    private static readonly MultipleChoiceItem s_item = new("", [new("a", " x", "x"), new("a", " yz", "yz")], 1, 1);

    [Fact]
    public void Score_KnownProbabilities_IsTheSumOfTheirLogarithms()
    {
        var scorer = new ChoiceScorer(s_model.Model.CreateSession(16, Workers.Single));
        var encoder = new ChoiceEncoder(s_model.Tokenizer, 16);
        Assert.Equal(Math.Log(0.99 * 0.5), scorer.Score(encoder.Encode("a", " x"), default), Tolerance);
        Assert.Equal(Math.Log(0.99 * 0.4 * 0.9), scorer.Score(encoder.Encode("a", " yz"), default), Tolerance);

        // One token after the same context: the row is there already.
        Assert.Equal(Math.Log(0.9), scorer.Score(encoder.Encode("a y", "z"), default), Tolerance);
        Assert.Equal(Math.Log(0.1 / 256), scorer.Score(encoder.Encode("a y", "y"), default), Tolerance);
    }

    [Fact]
    public void Measure_LongerChoice_WinsByBytesOnly()
    {
        var result = MultipleChoice.Measure(s_model, [s_item]);
        Assert.Equal(new TaskResult(1, new Estimate(0, 0), new Estimate(1, 0), 0), result);
    }

    [Fact]
    public void Measure_SomeItems_CountsTheRightOnesWithTheirErrors()
    {
        var result = MultipleChoice.Measure(s_model, [s_item, s_item with { Answer = 0 }, s_item with { Answer = 0 }, s_item with { Answer = 0 }]);
        Assert.Equal(new Estimate(0.75, 0.25), result.Accuracy);
        Assert.Equal(new Estimate(0.25, 0.25), result.NormalizedAccuracy);
    }

    [Fact]
    public void Measure_EqualChoices_TakesTheFirst()
    {
        var item = new MultipleChoiceItem("", [new("a", " q", "q"), new("a", " r", "r")], 0, 1);
        Assert.Equal(1, MultipleChoice.Measure(s_model, [item]).Accuracy.Value);
        Assert.Equal(0, MultipleChoice.Measure(s_model, [item with { Answer = 1 }]).Accuracy.Value);
    }

    [Fact]
    public void Measure_LongContexts_AreCounted()
    {
        var item = new MultipleChoiceItem("", [new(new string('a', 15), " x", "x"), new(new string('a', 15), " yz", "yz")], 0, 1);
        Assert.Equal(1, MultipleChoice.Measure(s_model, [item, s_item]).Truncated);
    }

    [Fact]
    public void Measure_SharedContextsAndMoreThreads_GiveTheBitsOfSingleRuns()
    {
        var config = TinyLlama.Config with { VocabularySize = 257, ContextLength = 48 };
        var model = LanguageModel.Create("tiny", TinyLlama.Model(config), BigramModel.Bundle(TinyTokenizers.ByteLevel()));
        var random = new Random(3);
        var items = Enumerable.Range(0, 60).Select(i => Item(i, random)).ToArray();
        var one = MultipleChoice.Measure(model, items, workers: Workers.Single);
        Assert.Equal(one, MultipleChoice.Measure(model, items, workers: new Workers(3)));

        var encoder = new ChoiceEncoder(model.Tokenizer, 48);
        var shared = new ChoiceScorer(model.Model.CreateSession(48, Workers.Single));
        foreach (var choice in items.SelectMany(item => item.Choices))
        {
            var encoded = encoder.Encode(choice.Context, choice.Continuation);
            var alone = new ChoiceScorer(model.Model.CreateSession(48, Workers.Single));
            Assert.Equal(alone.Score(encoded, default), shared.Score(encoded, default));
        }

        static MultipleChoiceItem Item(int line, Random random)
        {
            var context = Word(random, 5 + random.Next(50));
            return new MultipleChoiceItem("", [.. Enumerable.Range(0, 4).Select(_ =>
            {
                var word = Word(random, 1 + random.Next(6));
                return new Choice(context, " " + word, word);
            })], random.Next(4), line);
        }

        static string Word(Random random, int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(3)))]);
    }

    [Fact]
    public void Measure_Examples_StandBeforeTheQuestionOfTheirPreamble()
    {
        // After the newline of the example the question is empty, so what is scored depends on the example's last byte.
        var model = BigramModel.Create(32, ('p', 'x', 0.9), ('q', 'y', 0.9));
        var item = new MultipleChoiceItem("p", [new("", "x", "x"), new("", "y", "y")], 0, 1);
        Assert.Equal(1, MultipleChoice.Measure(model, [item]).Accuracy.Value);
        var error = Assert.Throws<PithException>(() => MultipleChoice.Measure(model, [item], 1, [item with { Preamble = "other" }]));
        Assert.Equal(ModelsErrors.TooFewShots, error.Error);
        Assert.Equal(1, MultipleChoice.Measure(BigramModel.Create(32, ('\n', 'x', 0.9)), [item], 1, [item]).Accuracy.Value);
    }

    [Fact]
    public void Measure_NumbersThatAreNotFinite_IsACodedError()
    {
        var config = TinyLlama.Config with { VocabularySize = 257 };
        using var source = TinyLlama.Weights(config);
        Array.Fill(source.Numbers("lm_head.weight"), float.MaxValue);
        var model = LanguageModel.Create("huge", LlamaModel.Load(config, source), BigramModel.Bundle(TinyTokenizers.ByteLevel()));
        Assert.Equal(ModelsErrors.NonFiniteActivation, Assert.Throws<PithException>(() => MultipleChoice.Measure(model, [s_item])).Error);
    }

    [Fact]
    public void Measure_UnscorableChoice_NamesTheLine()
    {
        var item = new MultipleChoiceItem("", [new("a", " " + new string('x', 30), "x"), new("a", " y", "y")], 0, 7);
        var error = Assert.Throws<PithException>(() => MultipleChoice.Measure(s_model, [item]));
        Assert.Equal(ModelsErrors.UnscorableChoice, error.Error);
        Assert.Contains("line 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() =>
        MultipleChoice.Measure(s_model, [s_item], cancellation: new CancellationToken(canceled: true)));
}
