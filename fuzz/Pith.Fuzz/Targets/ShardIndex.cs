using Pith.Models.Checkpoints;

namespace Pith.Fuzz.Targets;

/// <summary>The index of a sharded checkpoint; no shard is there.</summary>
internal static class ShardIndex
{
    public static readonly FuzzTarget Target = new("index", "model.safetensors.index.json", path => Tensors.ReadAll(ShardedSafetensors.Open(path)));
}
