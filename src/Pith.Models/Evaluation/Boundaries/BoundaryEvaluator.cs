using Pith.Kernels;

namespace Pith.Models.Evaluation.Boundaries;

/// <summary>Measures many variants of one model on one text: each runs only from the first block on in which it differs.</summary>
/// <remarks>The residual streams of the reference model, and of one more model, the anchor, are kept at the boundaries between blocks. The
/// logits of the reference are kept where they fit; elsewhere they are computed again from its last boundary, which costs a product and no
/// accuracy. Results are those of <see cref="Evaluation.Perplexity"/> and do not depend on the number of threads, nor on where a
/// variant was resumed. Not thread-safe.</remarks>
public sealed class BoundaryEvaluator
{
    /// <summary>Bytes which boundaries and logits may take together.</summary>
    public const long DefaultMemoryBytes = 1L << 30;

    // As for perplexity: small models run one window a thread, larger ones one window after the other with all threads.
    private const long SmallModelBytes = 64 << 20;
    private const int LargestLogits = 1 << 20;

    private readonly IReadOnlyList<EvaluationWindow> windows;
    private readonly long memoryBytes;
    private readonly Workers workers;
    private readonly bool isSmall;
    private readonly int rowsAtATime;
    private readonly BoundaryStates reference;
    private readonly float[]?[] logits;
    private BoundaryStates? anchor;

    /// <summary>Runs the reference model over the text: one pass.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="windows">From <see cref="EvaluationText"/>; at least one.</param>
    /// <param name="memoryBytes">Bytes which boundaries and logits may take together, about; at least 1.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the run.</param>
    public BoundaryEvaluator(
        CausalModel model,
        IReadOnlyList<EvaluationWindow> windows,
        long memoryBytes = DefaultMemoryBytes,
        Workers? workers = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfZero(windows.Count, nameof(windows));
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryBytes, 1);
        this.windows = windows;
        this.memoryBytes = memoryBytes;
        this.workers = workers ?? Workers.All;
        isSmall = model.WeightBytes < SmallModelBytes;
        rowsAtATime = Math.Max(1, LargestLogits / model.Config.VocabularySize);
        var logitBytes = sizeof(float) * TokensOf(1) * model.Config.VocabularySize;
        var keepsLogits = logitBytes <= memoryBytes / 2;
        logits = [.. windows.Select(window => keepsLogits ? new float[(window.Tokens.Length - 1) * model.Config.VocabularySize] : null)];
        reference = new BoundaryStates(model, windows, Math.Max(1, memoryBytes / 4), keepsLast: !keepsLogits);
        Reference = Run(model, 1, null, 0, reference, cancellation);
    }

    /// <summary>The score of the reference; its divergence is 0.</summary>
    public BoundaryScore Reference { get; }

    /// <summary>What all measurements so far cost, in passes over the text; the one over the reference is counted.</summary>
    public double Passes { get; private set; }

    /// <summary>Measures a variant of the reference model.</summary>
    /// <param name="model">Made from the reference by <see cref="CausalModel.WithPlan"/> or <c>WithWeights</c>.</param>
    /// <param name="every">Uses every n-th window, ≥ 1: a part of the text for a part of the cost.</param>
    /// <param name="isAnchor">Whether to keep the states of this model as well, in place of the last anchor's; needs the whole text.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <exception cref="ArgumentException">The model is of another shape.</exception>
    public BoundaryScore Measure(CausalModel model, int every = 1, bool isAnchor = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        if (model.Config != reference.Model.Config)
            throw new ArgumentException("expected a variant of the reference model, found a model of another shape", nameof(model));
        if (!isAnchor)
            return Resume(model, every, cancellation);
        if (every > 1)
            throw new ArgumentException("an anchor needs the whole text", nameof(every));
        var states = new BoundaryStates(model, windows, Math.Max(1, memoryBytes / 4), keepsLast: false);
        var score = Run(model, 1, null, 0, states, cancellation);
        anchor = states;
        return score;
    }

    private BoundaryScore Resume(CausalModel model, int every, CancellationToken cancellation)
    {
        var (from, layer) = (reference, reference.Shared(model));
        if (anchor is not null && anchor.Shared(model) is var shared && shared > layer)
            (from, layer) = (anchor, shared);
        return Run(model, every, from, layer, null, cancellation);
    }

    private BoundaryScore Run(CausalModel model, int every, BoundaryStates? from, int layer, BoundaryStates? to, CancellationToken cancellation)
    {
        var scores = new RowScore[(windows.Count - 1) / every + 1];
        var capacity = windows.Max(window => window.Tokens.Length);
        var layers = model.Config.Layers;
        if (isSmall)
            workers.Run(scores.Length, long.MaxValue, (first, end) => Score(first, end, Workers.Single));
        else
            Score(0, scores.Length, workers);

        var passes = (double)TokensOf(every) * (layers - layer) / ((double)TokensOf(1) * layers);
        Passes += passes;
        var total = scores.Aggregate(default(RowScore), (sum, score) => sum + score);
        return new BoundaryScore(total.Tokens, total.Nll, Estimate.Mean(total.Kl, total.KlSquares, total.Tokens), passes);

        void Score(int first, int end, Workers own)
        {
            var run = new WindowRun(model.CreateSession(capacity, own), reference.Model.CreateSession(capacity, own), rowsAtATime, own);
            for (var i = first; i < end; i++)
            {
                var window = i * every;
                var hidden = from is null ? default : from.At(window, layer);
                var keep = to is null ? default : to.Of(window);
                scores[i] = run.Score(
                    windows[window], layer, hidden, keep, logits[window], isReference: to == reference, reference.At(window, layers), cancellation);
            }
        }
    }

    private long TokensOf(int every) => windows.Where((_, i) => i % every == 0).Sum(window => window.Tokens.Length - 1L);
}
