using Pith.Models.Checkpoints.Packed;

namespace Pith.Fuzz.Targets;

/// <summary>A safetensors file of ours, with packed weights.</summary>
internal static class PackedWeights
{
    public static readonly FuzzTarget Target = new("packed", "model.safetensors", path => Tensors.ReadAll(PackedSafetensors.Open(path)));
}
