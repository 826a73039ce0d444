using Pith.Models.Checkpoints;

namespace Pith.Fuzz.Targets;

/// <summary>A safetensors file.</summary>
internal static class Safetensors
{
    public static readonly FuzzTarget Target = new("safetensors", "model.safetensors", path => Tensors.ReadAll(SafetensorsFile.Open(path)));
}
