using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models.Bert;
using Pith.Models.Evaluation.Classification;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation.Classification;

public sealed class TextClassificationTests
{
    [Fact]
    public void Measure_LabelsOfTheModelItself_AreAllRight()
    {
        var encoder = Encoder(TinyBert.Config());
        TextPair[] texts = [.. Enumerable.Range(0, 150).Select(i => new TextPair($"{(char)('a' + (i % 26))} the {(char)('a' + (i / 26))}"))];
        var found = encoder.Classify(texts, cancellation: TestContext.Current.CancellationToken);
        var fractions = new List<double>();

        var result = TextClassification.Measure(
            encoder,
            [.. texts.Zip(found, (text, label) => new LabeledText(text, label.Index, 1))],
            Workers.Single,
            new Fractions(fractions),
            TestContext.Current.CancellationToken);

        Assert.Equal((150, 1.0, 1.0, 0), (result.Items, result.Accuracy.Value, result.MacroF1.Value, result.Truncated));
        Assert.Equal(150, result.Labels.Sum(label => label.Items));
        Assert.Equal(1, fractions[^1]);
        Assert.Equal(fractions.Order(), fractions);
    }

    [Fact]
    public void Measure_WrongLabels_AreCounted()
    {
        var encoder = Encoder(TinyBert.Config());
        var own = encoder.Classify("good").Index;
        LabeledText[] texts = [new(new TextPair("good"), own, 1), new(new TextPair("good"), (own + 1) % 3, 2)];
        var result = TextClassification.Measure(encoder, texts, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0.5, 0.5), (result.Accuracy.Value, result.Accuracy.StandardError));
        Assert.Equal(1.0 / 3, result.MacroF1.Value, 1e-12);
    }

    [Fact]
    public void Measure_SeveralLabelsAtOnce_IsRefused()
    {
        var encoder = Encoder(TinyBert.Config() with { IsMultiLabel = true });
        var failure = Assert.Throws<PithException>(() => TextClassification.Measure(
            encoder, [new LabeledText(new TextPair("x"), 0, 1)], cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.NoHead, failure.Error);
    }

    private static LanguageEncoder Encoder(BertConfig config)
    {
        using var weights = TinyOpt.Weights(config);
        return LanguageEncoder.Create("tiny", EncoderModel.Load(config, weights), TinyBert.Tokenizer());
    }

    private sealed class Fractions(List<double> fractions) : IProgress<double>
    {
        public void Report(double value) => fractions.Add(value);
    }
}
