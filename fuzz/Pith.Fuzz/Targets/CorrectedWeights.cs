using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Packed;
using Pith.Models.Llama;

namespace Pith.Fuzz.Targets;

/// <summary>A safetensors file of ours with packed weights and low-rank corrections, loaded as a small model that reads two tokens.</summary>
internal static class CorrectedWeights
{
    private const string FileName = "model.safetensors";
    private const int Rank = 3;

    private static readonly LlamaConfig Config = new()
    {
        ModelType = "llama", HiddenSize = 32, IntermediateSize = 48, Layers = 1, Heads = 4, KvHeads = 2, HeadSize = 8,
        VocabularySize = 16, ContextLength = 8, BosId = 1, EosIds = [2],
    };

    public static readonly FuzzTarget Target = new("corrected", FileName, Parse) { Seeds = [Seed("mxint8:16"), Seed(null)] };

    private static void Parse(string path)
    {
        using var source = PackedSafetensors.Open(path);
        CausalModel.Load(Config, source).CreateSession(2).Append([1, 3]);
    }

    // Factors packed in a format, or plain.
    private static byte[] Seed(string? factors)
    {
        var folder = Directory.CreateTempSubdirectory("pith-fuzz-seed-").FullName;
        try
        {
            var weights = Config.Tensors.SelectMany(tensor => Stored(tensor.Name, [.. tensor.Shape], factors)).ToList();
            using (var writer = ModelDirectoryWriter.Create(Path.Combine(folder, "model"), Config, weights))
            {
                foreach (var weight in writer.InFileOrder)
                    Write(writer, weight);
                writer.Commit();
            }

            return File.ReadAllBytes(Path.Combine(folder, "model", FileName));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<StoredWeight> Stored(string name, long[] shape, string? factors)
    {
        var sites = Config.Sites.Where(site => site.Site.HasWeight).Select(site => Config.WeightNameOf(site.Site));
        if (!sites.Contains(name, StringComparer.Ordinal))
            return [new StoredWeight(name, shape, TensorType.F32)];
        return
        [
            StoredWeight.In(NumberFormat.Parse("mxint4:16"), name, shape),
            Factor(LowRankTensors.NameOfA(name), [Rank, shape[1]]),
            Factor(LowRankTensors.NameOfB(name), [shape[0], Rank]),
        ];

        StoredWeight Factor(string factor, long[] dimensions) =>
            factors is null ? new StoredWeight(factor, dimensions, TensorType.F32) : StoredWeight.In(NumberFormat.Parse(factors), factor, dimensions);
    }

    private static void Write(ModelDirectoryWriter writer, StoredWeight weight)
    {
        var values = new float[weight.Shape.Aggregate(1L, (product, length) => product * length)];
        for (var i = 0; i < values.Length; i++)
            values[i] = MathF.Sin(i + weight.Name.Length);
        if (weight.Format is { } format)
            writer.WritePacked(weight.Name, PackedMatrix.Pack(format, values, (int)weight.Shape[^1]));
        else
            writer.WriteFloats(weight.Name, values);
    }
}
