using Pith.Core.Plans;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Checkpoints.Packed;
using Pith.Models.Tests.Checkpoints;

namespace Pith.Models.Tests.Hostile;

/// <summary>Each parser of untrusted files, by the name of its folder: opens a file and reads all it gives.</summary>
internal static class Parsers
{
    private const int MostNumbersRead = 1 << 16;

    public static IReadOnlyDictionary<string, Action<string>> All { get; } = new Dictionary<string, Action<string>>(StringComparer.Ordinal)
    {
        ["safetensors"] = path => ReadAll(SafetensorsFile.Open(path)),
        ["index"] = path => ReadAll(ShardedSafetensors.Open(path)),
        ["config"] = path => ModelConfigJson.Read(File.ReadAllBytes(path), path),
        ["llama2c"] = path => ReadAll(Llama2cFile.Open(path)),
        ["packed"] = path => ReadAll(PackedSafetensors.Open(path)),
        ["corrected"] = Load,
        ["plan"] = path => Plan.FromJson(File.ReadAllBytes(path), path),
    };

    private static void Load(string path)
    {
        using var source = PackedSafetensors.Open(path);
        CausalModel.Load(TinyModel.Config with { Layers = 1 }, source);
    }

    private static void ReadAll(ITensorSource source)
    {
        using (source)
        {
            foreach (var entry in source.Tensors.Values.Where(entry => entry.Type.IsFloat()))
                source.ReadFloats(entry.Name, 0, new float[Math.Min(entry.Elements, MostNumbersRead)]);
        }
    }
}
