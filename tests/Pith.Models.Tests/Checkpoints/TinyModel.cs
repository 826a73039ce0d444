using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.Models.Tests.Checkpoints;

/// <summary>A model directory of the hub's kind with a few random weights.</summary>
internal static class TinyModel
{
    public static readonly LlamaConfig Config = new()
    {
        ModelType = "llama", HiddenSize = 16, IntermediateSize = 20, Layers = 2, Heads = 4, KvHeads = 2, HeadSize = 4,
        VocabularySize = 24, ContextLength = 32, BosId = 1, EosIds = [2],
    };

    public static IReadOnlyList<TensorEntry> Entries(LlamaConfig config, TensorType type) =>
        [.. LlamaTensors.Expected(config).Select(tensor => new TensorEntry(tensor.Name, type, tensor.Shape))];

    public static Dictionary<string, float[]> Values(LlamaConfig config, int seed)
    {
        var random = new Random(seed);
        return LlamaTensors.Expected(config).ToDictionary(
            tensor => tensor.Name,
            tensor => Enumerable.Range(0, (int)tensor.Shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(),
            StringComparer.Ordinal);
    }

    public static void Write(string directory, LlamaConfig config, TensorType type, Dictionary<string, float[]> values, params TensorEntry[] extra)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), LlamaConfigJson.Write(config, type));
        WriteWeights(Path.Combine(directory, "model.safetensors"), [.. Entries(config, type), .. extra], values);
    }

    public static void WriteWeights(string path, IReadOnlyList<TensorEntry> entries, Dictionary<string, float[]> values)
    {
        using var writer = SafetensorsWriter.Create(path, entries);
        foreach (var entry in entries)
            writer.WriteFloats(entry.Name, values.GetValueOrDefault(entry.Name) ?? new float[entry.Elements]);
        writer.Finish();
    }

    public static float[] Read(ITensorSource source, string name)
    {
        var values = new float[source.Tensors[name].Elements];
        source.ReadFloats(name, 0, values);
        return values;
    }
}
