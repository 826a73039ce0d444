using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models.Evaluation;
using Pith.Models.Llama;
using Pith.Models.Tests.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation;

public sealed class PerplexityTests
{
    private const double Tolerance = 1e-5;

    private static readonly EvaluationWindow[] s_windows =
    [
        new(TinyLlama.Tokens(TinyLlama.Config, 30, 7), 1, 29),
        new(TinyLlama.Tokens(TinyLlama.Config, 2, 8), 1, 1),
        new(TinyLlama.Tokens(TinyLlama.Config, 40, 9), 33, 7),
    ];

    [Fact]
    public void Measure_SomeWindows_AgreesWithPlainDoubles()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        var expected = s_windows.Sum(window => PlainNll(source, window));

        var result = Perplexity.Measure(TinyLlama.Model(), s_windows);

        Assert.Equal(37, result.Tokens);
        Assert.Equal(3, result.Windows);
        Assert.Equal(expected / 37, result.Nll, Tolerance);
        Assert.Equal(Math.Exp(expected / 37), result.Perplexity, Math.Exp(expected / 37) * Tolerance);
        Assert.Equal(expected / Math.Log(2) / 37, result.BitsPerByte, Tolerance);
        Assert.Null(result.Kl);
    }

    [Fact]
    public void Measure_AnotherReference_IsTheDivergenceOfTheDistributions()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        using var otherSource = TinyLlama.Weights(TinyLlama.Config, seed: 5);
        var (kl, agreements) = (0.0, 0);
        var (ratios, squares) = (new List<double>(), new List<double>());
        foreach (var window in s_windows)
        {
            var rows = Rows(source, window).Zip(Rows(otherSource, window)).Skip(window.FirstScored - 1).Take(window.Scored);
            foreach (var ((p, r), i) in rows.Select((row, i) => (row, i)))
            {
                var target = window.Tokens.Span[window.FirstScored + i];
                ratios.Add(Math.Log(r[target] / p[target]));
                squares.Add(Math.Pow(p[target] - r[target], 2));
                kl += r.Zip(p, (ofReference, ofModel) => ofReference * Math.Log(ofReference / ofModel)).Sum();
                agreements += Array.IndexOf(p, p.Max()) == Array.IndexOf(r, r.Max()) ? 1 : 0;
            }
        }

        var result = Perplexity.Measure(TinyLlama.Model(), s_windows, TinyLlama.Model(seed: 5));

        Assert.Equal(kl / 37, result.Kl!.Value, Tolerance);
        Assert.Equal(agreements / 37.0, result.TopAgreement);
        var distance = result.Reference!;
        Assert.Equal(ratios.Average(), distance.LogPerplexityRatio.Value, Tolerance);
        Assert.Equal(Error(ratios), distance.LogPerplexityRatio.StandardError, Tolerance);
        Assert.Equal(Math.Sqrt(squares.Average()), distance.DeltaPRms.Value, Tolerance);
        Assert.Equal(Error(squares) / (2 * Math.Sqrt(squares.Average())), distance.DeltaPRms.StandardError, Tolerance);
        Assert.Equal(Math.Sqrt(agreements / 37.0 * (1 - (agreements / 37.0)) / 36), distance.TopAgreement.StandardError, 1e-12);

        static double Error(List<double> draws)
        {
            var mean = draws.Average();
            return Math.Sqrt(draws.Sum(draw => (draw - mean) * (draw - mean)) / (draws.Count - 1) / draws.Count);
        }
    }

    [Fact]
    public void Measure_TheModelItself_DivergesByNothing()
    {
        var result = Perplexity.Measure(TinyLlama.Model(), s_windows, TinyLlama.Model());
        Assert.Equal(0, result.Kl);
        Assert.Equal(1, result.TopAgreement);
    }

    [Fact]
    public void Measure_MoreThreads_GivesTheSameBits()
    {
        var one = Perplexity.Measure(TinyLlama.Model(), s_windows, TinyLlama.Model(seed: 5), Workers.Single);
        Assert.Equal(one, Perplexity.Measure(TinyLlama.Model(), s_windows, TinyLlama.Model(seed: 5), new Workers(4)));
    }

    [Fact]
    public void Measure_EqualWeightsOfAllTokens_HasThePerplexityOfTheVocabulary()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        Array.Clear(source.Numbers("lm_head.weight"));
        var result = Perplexity.Measure(LlamaModel.Load(TinyLlama.Config, source), s_windows);
        Assert.Equal(61, result.Perplexity, 1e-4);
    }

    [Fact]
    public void Measure_Progress_EndsAtOne()
    {
        var last = new Last();
        Perplexity.Measure(TinyLlama.Model(), s_windows, workers: Workers.Single, progress: last);
        Assert.Equal(1, last.Value);
    }

    [Fact]
    public void Measure_NoWindowsOrOtherVocabulary_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Perplexity.Measure(TinyLlama.Model(), []));
        Assert.Throws<ArgumentException>(() =>
            Perplexity.Measure(TinyLlama.Model(), s_windows, TinyLlama.Model(TinyLlama.Config with { VocabularySize = 50 })));
    }

    [Fact]
    public void Measure_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() =>
        Perplexity.Measure(TinyLlama.Model(), s_windows, cancellation: new CancellationToken(canceled: true)));

    private static double PlainNll(MemoryTensorSource source, EvaluationWindow window) => Rows(source, window)
        .Take(window.Tokens.Length - 1)
        .Select((row, i) => i + 1 >= window.FirstScored ? -Math.Log(row[window.Tokens.Span[i + 1]]) : 0)
        .Sum();

    private static IEnumerable<double[]> Rows(MemoryTensorSource source, EvaluationWindow window)
    {
        var plain = new PlainLlama(TinyLlama.Config, source, Plan.Empty);
        foreach (var token in window.Tokens.ToArray())
        {
            var logits = plain.Append(token);
            var total = logits.Sum(Math.Exp);
            yield return [.. logits.Select(logit => Math.Exp(logit) / total)];
        }
    }

    private sealed class Last : IProgress<double>
    {
        public double Value { get; private set; }

        public void Report(double value) => Value = value;
    }
}
