using Pith.Kernels;
using Pith.Kernels.Ops;

namespace Pith.Models.Evaluation.Boundaries;

/// <summary>Scores windows with a session of the model and one of the reference.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class WindowRun(CausalSession session, CausalSession reference, int rowsAtATime, Workers workers)
{
    private readonly int vocabulary = session.Model.Config.VocabularySize;
    private readonly int hiddenSize = session.Model.Config.HiddenSize;
    private float[] recomputed = [];

    /// <summary>Scores one window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="layer">The first block to run.</param>
    /// <param name="hidden">What enters it.</param>
    /// <param name="keep">Where boundaries are kept; empty for nowhere.</param>
    /// <param name="kept">The reference's logits, to be filled by a run of the reference; null where they are computed again.</param>
    /// <param name="isReference">Whether the model is the reference.</param>
    /// <param name="last">The reference's last boundary, where its logits are computed again.</param>
    /// <param name="cancellation">Stops between two products.</param>
    public RowScore Score(
        EvaluationWindow window,
        int layer,
        ReadOnlyMemory<float> hidden,
        ReadOnlySpan<float[]?> keep,
        float[]? kept,
        bool isReference,
        ReadOnlyMemory<float> last,
        CancellationToken cancellation)
    {
        var total = default(RowScore);
        var nowhere = new float[]?[session.Model.Config.Layers];
        session.RunFrom(window.Tokens.Span[..^1], layer, hidden.Span, keep.IsEmpty ? nowhere : keep, rowsAtATime, Add, cancellation);
        return total;

        void Add(int first, ReadOnlyMemory<float> logits)
        {
            var rows = logits.Length / vocabulary;
            if (isReference && kept is not null)
                logits.CopyTo(kept.AsMemory(first * vocabulary));
            var references = isReference ? logits : ReferenceLogits(first, rows, kept, last);
            var scores = new RowScore[rows];
            workers.Run(rows, 16L * logits.Length, (from, end) =>
            {
                var scratch = new float[vocabulary];
                for (var row = Math.Max(from, window.FirstScored - 1 - first); row < end; row++)
                    scores[row] = ScoreRow(logits.Slice(row * vocabulary, vocabulary).Span, references.Slice(row * vocabulary, vocabulary).Span, window.Tokens.Span[first + row + 1], isReference, scratch);
            });
            foreach (var score in scores)
                total += score;
        }
    }

    private ReadOnlyMemory<float> ReferenceLogits(int first, int rows, float[]? kept, ReadOnlyMemory<float> last)
    {
        if (kept is not null)
            return kept.AsMemory(first * vocabulary, rows * vocabulary);
        if (recomputed.Length < rows * vocabulary)
            recomputed = new float[rows * vocabulary];
        reference.PredictFrom(last.Slice(first * hiddenSize, rows * hiddenSize).Span, rows, recomputed);
        return recomputed;
    }

    private static RowScore ScoreRow(ReadOnlySpan<float> logits, ReadOnlySpan<float> reference, int target, bool isReference, float[] scratch)
    {
        var normalizer = Softmax.LogSumExp(logits, scratch);
        var kl = isReference ? 0 : Softmax.Divergence(reference, logits, normalizer, scratch);
        return new RowScore(1, normalizer - logits[target], kl, kl * kl);
    }
}
