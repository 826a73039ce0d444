using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Models.Llama;
using Pith.Tune.Llama;
using Pith.Tune.Training;
using Pith.Tune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Sensitivity;

/// <summary>Estimates what rounding each weight to each format costs, from gradients: the second-order change of the loss with the diagonal
/// of the empirical Fisher information in place of the curvature.</summary>
/// <remarks>½ Σ F_i ΔW_i² in nats a token, F_i = E[(∂ loss of a token / ∂ W_i)²]. The gradient of a block is the mean over its T tokens; tokens
/// taken as independent, F is T times its mean square (Kirkpatrick et al. 2017 and others use the same diagonal). Thread-safe; the result does
/// not depend on the number of threads.</remarks>
public static class FisherDamage
{
    /// <summary>Measures every weight of the blocks in every format.</summary>
    /// <param name="start">The model.</param>
    /// <param name="blocks">The text; the first training blocks of seed 0's order are read.</param>
    /// <param name="count">Blocks to read, at least 1 and at most <see cref="TokenBlocks.TrainingCount"/>.</param>
    /// <param name="formats">Formats of weights.</param>
    /// <param name="threads">Worker threads; at least 1.</param>
    /// <param name="progress">Gets the fraction of blocks done.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <returns>Damage in nats a token by site and format, in the order of computation.</returns>
    public static IReadOnlyList<(Site Site, IReadOnlyList<(NumberFormat Format, double Damage)> Damages)> Measure(
        StartingModel start,
        TokenBlocks blocks,
        int count,
        IReadOnlyList<NumberFormat> formats,
        int threads,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(formats);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, blocks.TrainingCount);
        set_num_threads(1);
        var config = start.Config with { ContextLength = blocks.ContextLength };
        using var model = new TorchLlama(config, start.Weights, trainable: true);
        using var scope = NewDisposeScope();
        var sites = config.Sites.Select(shape => shape.Site).Where(site => site.HasWeight).ToList();
        Tensor[] weights = [.. sites.Select(site => model.Weights[LlamaConfig.WeightName(site)])];
        Tensor[] squares = [.. weights.Select(weight => zeros_like(weight, float64, requires_grad: false))];
        var order = blocks.Order(0, 0);
        for (var first = 0; first < count; first += threads)
        {
            var group = new IList<Tensor>[Math.Min(threads, count - first)];
            Parallel.For(0, group.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
                group[i] = Gradient(model, blocks, order[first + i], weights));
            // Added block after block, whichever was done first.
            foreach (var gradient in group) AddSquares(squares, gradient);
            progress?.Report((double)(first + group.Length) / count);
        }

        var scale = 0.5 * (blocks.ContextLength - 1) / count;
        return [.. sites.Select((site, i) => (site, (IReadOnlyList<(NumberFormat, double)>)[.. formats.Select(format => (format, scale * Change(weights[i], squares[i], format)))]))];
    }

    private static IList<Tensor> Gradient(TorchLlama model, TokenBlocks blocks, int index, Tensor[] weights)
    {
        using var scope = NewDisposeScope();
        var block = new long[blocks.ContextLength];
        blocks.ReadTraining(index, block);
        var ids = tensor(block, [1, block.Length], int64);
        var logits = model.Forward(ids.narrow(1, 0, block.Length - 1));
        var loss = nn.functional.cross_entropy(logits.view(-1, model.Config.VocabularySize), ids.narrow(1, 1, block.Length - 1).reshape(-1));
        var gradients = autograd.grad([loss], weights);
        foreach (var gradient in gradients) gradient.DetachFromDisposeScope();
        return gradients;
    }

    private static void AddSquares(Tensor[] squares, IList<Tensor> gradients)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < squares.Length; i++)
        {
            squares[i].add_(gradients[i].to(float64).square());
            gradients[i].Dispose();
        }
    }

    // Σ g² · ΔW².
    private static double Change(Tensor weight, Tensor squares, NumberFormat format)
    {
        if (StraightThrough.CodecOf(format) is not { } codec) return 0;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var rounded = empty_like(weight, requires_grad: false);
        StraightThrough.RoundWeight(weight, codec, rounded);
        return (squares * (rounded - weight).to(float64).square()).sum().item<double>();
    }
}
