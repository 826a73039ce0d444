namespace Pith.Models.Checkpoints;

/// <summary>What a checkpoint may claim at most. No real model comes near; hostile files stop here.</summary>
internal static class CheckpointLimits
{
    /// <summary>Bytes of a safetensors header; the limit of the format's own library.</summary>
    public const int HeaderBytes = 100_000_000;

    /// <summary>Nesting of a safetensors header: root, entry, shape.</summary>
    public const int HeaderDepth = 4;

    /// <summary>Tensors, and texts in <c>__metadata__</c>, of one file; the largest published models have some 90,000 tensors in
    /// more than a hundred files.</summary>
    public const int Tensors = 1 << 16;

    /// <summary>Bytes of a tensor's name.</summary>
    public const int NameBytes = 1024;

    /// <summary>Bytes of one text in <c>__metadata__</c>.</summary>
    public const int MetadataBytes = 1 << 20;

    /// <summary>Axes of a tensor.</summary>
    public const int Axes = 8;

    /// <summary>Length of one axis.</summary>
    public const long AxisLength = int.MaxValue;

    /// <summary>Bytes of a JSON document: config.json or a shard index.</summary>
    public const int JsonBytes = 32 * 1024 * 1024;

    /// <summary>Nesting of a JSON document.</summary>
    public const int JsonDepth = 32;

    /// <summary>Files of a sharded checkpoint.</summary>
    public const int Shards = 4096;
}
