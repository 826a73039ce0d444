using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.SystemTests.Processes;

/// <summary>A model of 117 million weights, 235 MB, written once for all tests that need one; removed at the end.</summary>
/// <remarks>Its numbers are a ramp: no text comes out of it, but it takes as much work as a real one.</remarks>
public sealed class LargeModel : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-large-").FullName;

    public LargeModel()
    {
        var config = new LlamaConfig
        {
            ModelType = "llama", HiddenSize = 2048, IntermediateSize = 2048, Layers = 4, Heads = 32, KvHeads = 32, HeadSize = 64,
            VocabularySize = 16, ContextLength = 64,
        };
        var ramp = Enumerable.Range(0, 1 << 16).Select(index => (index - (1 << 15)) / 65536f).ToArray();
        using var writer = ModelDirectoryWriter.Create(
            Path, config, [.. LlamaTensors.Expected(config).Select(tensor => new StoredWeight(tensor.Name, tensor.Shape, TensorType.BF16))]);
        foreach (var weight in writer.InFileOrder)
        {
            for (var left = weight.Shape.Aggregate(1L, (product, length) => product * length); left > 0; left -= ramp.Length)
                writer.WriteFloats(weight.Name, ramp.AsSpan(0, (int)Math.Min(left, ramp.Length)));
        }

        Bytes = writer.Commit();
    }

    /// <summary>The model directory, in a folder of its own.</summary>
    public string Path => System.IO.Path.Combine(_root, "large");

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>A name for output beside it.</summary>
    public string Output => System.IO.Path.Combine(_root, "output");

    /// <summary>What is beside the model.</summary>
    public IEnumerable<string> Others => Directory.GetFileSystemEntries(_root).Where(entry => entry != Path);

    /// <summary>Removes what a test wrote.</summary>
    public void Clean()
    {
        foreach (var other in Others)
            Directory.Delete(other, recursive: true);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
