namespace Pith.Models.Checkpoints.Gguf;

/// <summary>What a GGUF file may claim at most. No real model comes near; hostile files stop here.</summary>
internal static class GgufLimits
{
    /// <summary>Bytes of a key; the limit of the format's specification.</summary>
    public const int KeyBytes = 65535;

    /// <summary>Key-value pairs.</summary>
    public const int Pairs = 1 << 16;

    /// <summary>Bytes of one text: chat templates and whole tokenizers are the longest.</summary>
    public const int TextBytes = 64 << 20;

    /// <summary>Bytes of all that comes before the tensors' numbers.</summary>
    public const long HeaderBytes = 256L << 20;

    /// <summary>Arrays within arrays.</summary>
    public const int ArrayDepth = 4;

    /// <summary>Axes of a tensor; the limit of ggml.</summary>
    public const int Axes = 4;

    /// <summary>Bytes to which tensors may be aligned.</summary>
    public const int Alignment = 1 << 20;
}
