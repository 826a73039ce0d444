using Pith.Models.Llama;
using Pith.Tune.Training;

namespace Pith.Tune.Tests;

/// <summary>Models and texts small enough to train within a test.</summary>
internal static class Toys
{
    public const int Vocabulary = 24;

    public static LlamaConfig Config { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = Vocabulary,
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 2,
        KvHeads = 2,
        HeadSize = 8,
        ContextLength = 16,
        IsHeadTied = true,
        BosId = 0,
        EosIds = [0],
    };

    /// <summary>Grouped heads, an untied head, biases, and heads that together are wider than the model.</summary>
    public static LlamaConfig Uneven { get; } = Config with
    {
        HiddenSize = 12, Heads = 4, KvHeads = 2, HeadSize = 6, IsHeadTied = false, HasQkvBias = true, ModelType = "qwen2", RopeTheta = 500,
    };

    /// <summary>A text which repeats with small changes, so that a model can learn it.</summary>
    public static ushort[] Text(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (ushort)(1 + (i * 5 + i / 11 % 3) % (Vocabulary - 1)))];

    public static TokenBlocks Blocks(int length = 1200) => new(Text(length), 0, Config.ContextLength, 0.1);

    public static TrainingOptions Options(int steps = 12) => new()
    {
        Model = Config, Tokens = steps * 4L * (Config.ContextLength - 1), BatchBlocks = 4, MicroBatchBlocks = 1, LearningRate = 1e-2, Seed = 7,
    };

    /// <summary>Random weights of any configuration; larger than starting weights, so that every part of the model matters.</summary>
    public static Dictionary<string, float[]> Weights(LlamaConfig config, int seed)
    {
        var random = new Random(seed);
        return LlamaTensors.Expected(config).ToDictionary(
            tensor => tensor.Name,
            tensor => Enumerable.Range(0, (int)tensor.Shape.Aggregate(1L, (product, size) => product * size))
                .Select(_ => (float)(random.NextDouble() - 0.5 + (tensor.Name.Contains("norm", StringComparison.Ordinal) ? 1 : 0))).ToArray(),
            StringComparer.Ordinal);
    }

    /// <summary>Keeps the progress reports.</summary>
    public sealed class Reports(Action<TrainingProgress>? also = null) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            also?.Invoke(value);
        }
    }
}
