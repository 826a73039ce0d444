using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Kernels.Ops;
using Pith.Models.Llama;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>Log-likelihoods of continuations, one after the other in one session.</summary>
/// <remarks>What a choice shares with the one before it (the question, examples) is run once. Sums are in double precision, in the order of
/// the text. Not thread-safe.</remarks>
internal sealed class ChoiceScorer(CausalSession session)
{
    // Logits held at once.
    private const int LargestLogits = 1 << 22;

    private readonly int vocabulary = session.Model.Config.VocabularySize;
    private readonly float[] scratch = new float[session.Model.Config.VocabularySize];
    private readonly float[] lastRow = new float[session.Model.Config.VocabularySize];
    private int[] inputs = []; // what the session holds
    private bool hasLastRow;

    /// <summary>Σ ln p(token) over a choice's scored tokens, in nats.</summary>
    /// <exception cref="PithException">The model gives numbers that are not finite (<see cref="ModelsErrors.NonFiniteActivation"/>).</exception>
    public double Score(EncodedChoice choice, CancellationToken cancellation)
    {
        // Token i is predicted by the row of token i - 1; the last token is never run.
        var tokens = choice.Tokens;
        var wanted = tokens.AsSpan(0, tokens.Length - 1);
        var isOneToken = choice.FirstScored == wanted.Length;
        if (!(isOneToken && hasLastRow && wanted.SequenceEqual(inputs)))
            return Check(Run(tokens, choice.FirstScored, cancellation));
        return Check(LogProbability(lastRow, tokens[^1]));
    }

    private double Run(int[] tokens, int firstScored, CancellationToken cancellation)
    {
        var shared = Math.Min(inputs.AsSpan().CommonPrefixLength(tokens), firstScored - 1);
        hasLastRow = false;
        inputs = inputs[..shared];
        session.Truncate(shared);
        session.Append(tokens.AsSpan(shared, firstScored - 1 - shared), LogitRows.None, cancellation);
        var total = 0.0;
        var chunk = Math.Max(1, LargestLogits / vocabulary);
        for (var first = firstScored - 1; first < tokens.Length - 1; first += chunk)
        {
            var count = Math.Min(chunk, tokens.Length - 1 - first);
            var logits = session.Append(tokens.AsSpan(first, count), LogitRows.All, cancellation).Span;
            for (var i = 0; i < count; i++)
                total += LogProbability(logits.Slice(i * vocabulary, vocabulary), tokens[first + i + 1]);
            logits.Slice((count - 1) * vocabulary, vocabulary).CopyTo(lastRow);
        }

        inputs = tokens[..^1];
        hasLastRow = true;
        return total;
    }

    private double LogProbability(ReadOnlySpan<float> logits, int token) => logits[token] - Softmax.LogSumExp(logits, scratch);

    private static double Check(double sum) => double.IsFinite(sum)
        ? sum
        : throw new PithException(ModelsErrors.NonFiniteActivation, string.Create(CultureInfo.InvariantCulture, $"expected a finite log-likelihood, found {sum}"));
}
