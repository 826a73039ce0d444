using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Tune.Llama;
using Pith.Tune.Pretraining;

namespace Pith.Tune.Training;

/// <summary>The recipe of one training run: pre-training from drawn weights, or tuning given ones.</summary>
public sealed record TrainingOptions
{
    /// <summary>Dimensions of the model.</summary>
    public required LlamaConfig Model { get; init; }

    /// <summary>Formats to which the operands of the products are rounded in every forward pass; gradients pass straight through to
    /// float32 weights. Default: none.</summary>
    public Plan Plan { get; init; } = Plan.Empty;

    /// <summary>Type in which the trained weights are going to be stored; they are validated in it.</summary>
    public TensorType StoredAs { get; init; } = TensorType.BF16;

    /// <summary>Tokens to train on, counted as predicted tokens; rounded up to whole batches.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seed of the starting weights and of the data order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Blocks in a batch, each of BOS and context-1 tokens.</summary>
    public int BatchBlocks { get; init; } = PretrainDefaults.BatchBlocks;

    /// <summary>Blocks whose gradient is computed at once, a divisor of <see cref="BatchBlocks"/>. It fixes the order of the sums, so that the
    /// result is the same for every number of threads.</summary>
    public int MicroBatchBlocks { get; init; } = 1;

    /// <summary>Highest learning rate, reached after the warm-up.</summary>
    public double LearningRate { get; init; } = PretrainDefaults.LearningRate;

    /// <summary>Share of the steps in which the learning rate rises from 0.</summary>
    public double WarmupShare { get; init; } = 0.05;

    /// <summary>Learning rate at the end over the highest (cosine between).</summary>
    public double FinalRateShare { get; init; } = 0.1;

    /// <summary>Decoupled weight decay of matrices; gains have none.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Decay of the gradient's running mean.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the squared gradient's running mean.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the root of the mean squared gradient.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Largest norm of the whole gradient.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Share of the text, at its end, kept for validation.</summary>
    public double ValidationShare { get; init; } = 0.01;

    /// <summary>Type in which matrix products are computed.</summary>
    public MatmulPrecision Precision { get; init; } = MatmulPrecision.Float32;

    /// <summary>Tokens predicted in a batch.</summary>
    public int BatchTokens => BatchBlocks * (Model.ContextLength - 1);

    /// <summary>Optimizer steps of the whole run.</summary>
    public int Steps => checked((int)((Tokens + BatchTokens - 1) / BatchTokens));

    /// <summary>The learning rate of one step: linear warm-up, then half a cosine.</summary>
    /// <param name="step">0 … Steps-1.</param>
    public double RateAt(int step)
    {
        var warmup = Math.Max(1, (int)Math.Round(Steps * WarmupShare));
        if (step < warmup) return LearningRate * (step + 1) / warmup;
        var progress = (double)(step - warmup) / Math.Max(1, Steps - warmup);
        return LearningRate * (FinalRateShare + (1 - FinalRateShare) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }

    /// <summary>Tells this recipe from every other.</summary>
    public string ToFingerprint() => $"{this} {Plan.Hash}";

    /// <summary>Throws unless the recipe makes sense.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    /// <exception cref="PithException">The plan decides low-rank corrections (<see cref="TuneErrors.LowRankPlan"/>).</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Tokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchBlocks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MicroBatchBlocks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);
        if (BatchBlocks % MicroBatchBlocks != 0)
            throw new ArgumentException($"A batch of {BatchBlocks} blocks is no multiple of {MicroBatchBlocks} blocks.");
        if (StoredAs is not (TensorType.BF16 or TensorType.F32)) throw new ArgumentException($"Weights are stored as BF16 or F32, not as {StoredAs}.");
        if (Precision != MatmulPrecision.Float32 && !Plan.Sites.IsEmpty)
            throw new ArgumentException($"Training with a plan computes in float32, not in {Precision}.");
        if (Plan.Sites.FirstOrDefault(entry => entry.Value.LowRank is not null) is { Value: not null } corrected)
            throw new PithException(TuneErrors.LowRankPlan, $"{corrected.Key}: expected formats, found a low-rank correction.");
    }
}
