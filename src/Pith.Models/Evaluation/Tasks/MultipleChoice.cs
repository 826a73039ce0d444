using System.Text;
using Pith.Core.Diagnostics;
using Pith.Kernels;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>Lets a model choose among answers by their log-likelihood.</summary>
/// <remarks>For each choice the log-probabilities of the continuation's tokens are added up; the model's answer is the choice of the highest
/// sum (accuracy), or of the highest sum divided by the choice's UTF-8 bytes (normalized accuracy); of equal ones the first. Results do not
/// depend on the number of threads. Thread-safe. Source: EleutherAI, lm-evaluation-harness 0.4, <c>multiple_choice</c>.</remarks>
public static class MultipleChoice
{
    // Smaller models than this answer one item a thread, larger ones one item after the other with all threads.
    private const long SmallModelBytes = 64 << 20;

    // Items whose tokens are held at once, in a session as long as the longest.
    private const int ItemsPerThread = 8;
    private const int ItemsOfLargeModel = 64;

    /// <summary>Lets the model answer every item.</summary>
    /// <param name="model">The model.</param>
    /// <param name="items">The items, at least one.</param>
    /// <param name="shots">Answered examples before each question, at least 0: the first ones with the item's preamble.</param>
    /// <param name="examples">Where examples come from; null for nowhere.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="progress">Told the share of the items that is done.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <exception cref="PithException">There are too few examples (<see cref="ModelsErrors.TooFewShots"/>), or a choice cannot be scored
    /// (<see cref="ModelsErrors.UnscorableChoice"/>).</exception>
    public static TaskResult Measure(
        LanguageModel model,
        IReadOnlyList<MultipleChoiceItem> items,
        int shots = 0,
        IReadOnlyList<MultipleChoiceItem>? examples = null,
        Workers? workers = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfZero(items.Count, nameof(items));
        ArgumentOutOfRangeException.ThrowIfNegative(shots);
        workers ??= Workers.All;
        var beginnings = Beginnings(items, shots, examples ?? []);
        var encoder = new ChoiceEncoder(model.Tokenizer, model.Config.ContextLength);
        var answers = new ItemScore[items.Count];
        var done = 0;
        var isSmall = model.Model.WeightBytes < SmallModelBytes;
        var group = isSmall ? workers.Threads * ItemsPerThread : ItemsOfLargeModel;
        for (var first = 0; first < items.Count; first += group)
        {
            var start = first;
            var count = Math.Min(group, items.Count - start);
            if (isSmall)
                workers.Run(count, long.MaxValue, (from, end) => Answer(start + from, start + end, Workers.Single));
            else
                Answer(start, start + count, workers);
        }

        return new TaskResult(
            items.Count,
            Estimate.Share(answers.Count(score => score.IsRight), items.Count),
            Estimate.Share(answers.Count(score => score.IsRightNormalized), items.Count),
            answers.Sum(score => score.Truncated));

        void Answer(int from, int end, Workers own)
        {
            var encoded = new EncodedChoice[end - from][];
            for (var i = from; i < end; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                encoded[i - from] = Encode(items[i], beginnings[items[i].Preamble], encoder);
            }

            var capacity = encoded.Max(choices => choices.Max(choice => choice.Tokens.Length - 1));
            var scorer = new ChoiceScorer(model.Model.CreateSession(capacity, own));
            for (var i = from; i < end; i++)
            {
                answers[i] = AnswerItem(items[i], encoded[i - from], scorer, cancellation);
                progress?.Report((double)Interlocked.Increment(ref done) / items.Count);
            }
        }
    }

    private static EncodedChoice[] Encode(MultipleChoiceItem item, string beginning, ChoiceEncoder encoder)
    {
        try
        {
            return [.. item.Choices.Select(choice => encoder.Encode(beginning + choice.Context, choice.Continuation))];
        }
        catch (PithException exception) when (exception.Error == ModelsErrors.UnscorableChoice)
        {
            throw new PithException(exception.Error, $"line {item.Line}: {exception.Message}", inner: exception);
        }
    }

    private static ItemScore AnswerItem(MultipleChoiceItem item, EncodedChoice[] encoded, ChoiceScorer scorer, CancellationToken cancellation)
    {
        var (best, bestNormalized) = (0, 0);
        var (highest, highestNormalized) = (double.NegativeInfinity, double.NegativeInfinity);
        for (var i = 0; i < encoded.Length; i++)
        {
            var sum = scorer.Score(encoded[i], cancellation);
            var normalized = sum / Encoding.UTF8.GetByteCount(item.Choices[i].Text);
            if (sum > highest)
                (best, highest) = (i, sum);
            if (normalized > highestNormalized)
                (bestNormalized, highestNormalized) = (i, normalized);
        }

        return new ItemScore(best == item.Answer, bestNormalized == item.Answer, encoded.Count(choice => choice.IsTruncated));
    }

    // What stands before every question of a preamble: the preamble and its examples.
    private static Dictionary<string, string> Beginnings(
        IReadOnlyList<MultipleChoiceItem> items, int shots, IReadOnlyList<MultipleChoiceItem> examples)
    {
        var beginnings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var preamble in items.Select(item => item.Preamble).Distinct(StringComparer.Ordinal))
        {
            var chosen = examples.Where(example => example.Preamble == preamble).Take(shots).ToArray();
            if (chosen.Length < shots)
            {
                var of = preamble.Length > 0 ? $" for \"{preamble.Trim()}\"" : "";
                throw new PithException(ModelsErrors.TooFewShots, $"expected at least {shots} examples{of}, found {chosen.Length}");
            }

            beginnings[preamble] = preamble + string.Concat(chosen.Select(example => example.Example + "\n\n"));
        }

        return beginnings;
    }

    private readonly record struct ItemScore(bool IsRight, bool IsRightNormalized, int Truncated);
}
