using Pith.Models.Checkpoints.Packed;

namespace Pith.Fuzz.Targets;

/// <summary>A safetensors file of ours, with packed weights.</summary>
internal static class PackedWeights
{
    public static readonly FuzzTarget Target = new("packed", "model.safetensors", Parse);

    private static void Parse(string path)
    {
        var source = PackedSafetensors.Open(path);
        foreach (var name in source.PackedFormats.Keys)
            _ = source.ReadPacked(name);
        Tensors.ReadAll(source);
    }
}
