using System.Numerics.Tensors;
using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Llama;

namespace Pith.Models.Evaluation;

/// <summary>Measures how well a model predicts a text, and how far it is from a reference model.</summary>
/// <remarks>Logits are 32-bit floats; probabilities are summed, and losses added up in the order of the text, in double precision. Results
/// do not depend on the number of threads. Thread-safe.</remarks>
public static class Perplexity
{
    // Logits held at once by one window.
    private const int LargestLogits = 1 << 23;

    private const int LongestChunk = 256;

    // Smaller models than this are run one window a thread, larger ones one window after the other with all threads.
    private const long SmallModelBytes = 64 << 20;

    private const int WindowsPerThread = 4;

    /// <summary>Scores every window.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">From <see cref="EvaluationText"/>; at least one.</param>
    /// <param name="reference">A model with the same vocabulary to compare with; null for none.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="progress">Told the share of the tokens that is done.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <exception cref="ArgumentException">There is no window, or the vocabularies differ in size.</exception>
    public static PerplexityResult Measure(
        CausalModel model,
        IReadOnlyList<EvaluationWindow> windows,
        CausalModel? reference = null,
        Workers? workers = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count == 0)
            throw new ArgumentException("There is nothing to score.", nameof(windows));
        if (reference is not null && reference.Config.VocabularySize != model.Config.VocabularySize)
        {
            throw new ArgumentException(
                $"expected a reference with {model.Config.VocabularySize} token ids, found {reference.Config.VocabularySize}", nameof(reference));
        }

        workers ??= Workers.All;
        var isSmall = model.WeightBytes < SmallModelBytes;
        var capacity = windows.Max(window => window.Tokens.Length);
        var scores = new WindowScore[windows.Count];
        var all = windows.Sum(window => (long)window.Tokens.Length);
        var done = 0L;
        var group = isSmall ? workers.Threads * WindowsPerThread : 1;
        for (var first = 0; first < windows.Count; first += group)
        {
            var start = first;
            var count = Math.Min(group, windows.Count - start);
            if (isSmall)
                workers.Run(count, long.MaxValue, (from, end) => Score(start + from, start + end, Workers.Single));
            else
                Score(start, start + count, workers);
        }

        return Total(windows, scores, reference is not null);

        void Score(int from, int end, Workers own)
        {
            var session = model.CreateSession(capacity, own);
            var other = reference?.CreateSession(capacity, own);
            for (var i = from; i < end; i++)
            {
                scores[i] = ScoreWindow(windows[i], session, other, own, cancellation);
                progress?.Report((double)Interlocked.Add(ref done, windows[i].Tokens.Length) / all);
            }
        }
    }

    private static PerplexityResult Total(IReadOnlyList<EvaluationWindow> windows, WindowScore[] scores, bool hasReference)
    {
        var tokens = windows.Sum(window => (long)window.Scored);
        return new PerplexityResult(
            tokens,
            windows.Count,
            windows.Sum(window => window.Bytes),
            scores.Sum(score => score.Nll),
            hasReference ? Distance(scores.Aggregate(default(WindowScore), (total, score) => total + score), tokens) : null);
    }

    private static ReferenceDistance Distance(WindowScore total, long tokens) => new(
        Estimate.Mean(total.Kl, total.KlSquares, tokens),
        Estimate.Mean(total.LogRatio, total.LogRatioSquares, tokens),
        Estimate.Mean(total.DeltaPSquares, total.DeltaPFourthPowers, tokens).Root(),
        Estimate.Share(total.Agreements, tokens));

    private static WindowScore ScoreWindow(
        EvaluationWindow window, CausalSession session, CausalSession? reference, Workers workers, CancellationToken cancellation)
    {
        session.Truncate(0);
        reference?.Truncate(0);
        var tokens = window.Tokens;
        var vocabulary = session.Model.Config.VocabularySize;

        // Token i is predicted by the logits of row i - 1; the last token is never run.
        var context = tokens.Span[..(window.FirstScored - 1)];
        session.Append(context, LogitRows.None, cancellation);
        reference?.Append(context, LogitRows.None, cancellation);
        var total = default(WindowScore);
        var chunkTokens = Math.Clamp(LargestLogits / vocabulary, 1, LongestChunk);
        for (var first = context.Length; first < tokens.Length - 1; first += chunkTokens)
        {
            var chunk = tokens.Slice(first, Math.Min(chunkTokens, tokens.Length - 1 - first));
            var targets = tokens.Slice(first + 1, chunk.Length);
            var logits = session.Append(chunk.Span, LogitRows.All, cancellation);
            var references = reference?.Append(chunk.Span, LogitRows.All, cancellation) ?? default;
            var rows = new WindowScore[chunk.Length];
            workers.Run(rows.Length, 16L * logits.Length, (from, end) =>
            {
                var scratch = new float[vocabulary];
                for (var row = from; row < end; row++)
                {
                    rows[row] = ScoreRow(
                        logits.Span.Slice(row * vocabulary, vocabulary),
                        references.IsEmpty ? default : references.Span.Slice(row * vocabulary, vocabulary),
                        targets.Span[row],
                        scratch);
                }
            });
            foreach (var row in rows)
                total += row;
        }

        return total;
    }

    private static WindowScore ScoreRow(ReadOnlySpan<float> logits, ReadOnlySpan<float> reference, int target, float[] scratch)
    {
        var normalizer = Softmax.LogSumExp(logits, scratch);
        var nll = normalizer - logits[target];
        if (reference.IsEmpty)
            return new WindowScore { Nll = nll };
        var own = Softmax.LogSumExp(reference, scratch) - reference[target];
        var kl = Softmax.Divergence(reference, logits, normalizer, scratch);
        var ratio = nll - own;
        var square = Math.Pow(Math.Exp(-nll) - Math.Exp(-own), 2);
        var agrees = TensorPrimitives.IndexOfMax(logits) == TensorPrimitives.IndexOfMax(reference);
        return new WindowScore(nll, kl, kl * kl, ratio, ratio * ratio, square, square * square, agrees ? 1 : 0);
    }

    // Sums over scored tokens.
    private readonly record struct WindowScore(
        double Nll,
        double Kl,
        double KlSquares,
        double LogRatio,
        double LogRatioSquares,
        double DeltaPSquares,
        double DeltaPFourthPowers,
        long Agreements)
    {
        public static WindowScore operator +(WindowScore a, WindowScore b) => new(
            a.Nll + b.Nll,
            a.Kl + b.Kl,
            a.KlSquares + b.KlSquares,
            a.LogRatio + b.LogRatio,
            a.LogRatioSquares + b.LogRatioSquares,
            a.DeltaPSquares + b.DeltaPSquares,
            a.DeltaPFourthPowers + b.DeltaPFourthPowers,
            a.Agreements + b.Agreements);
    }
}
