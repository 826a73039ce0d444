namespace Pith.Models.Checkpoints.Gguf;

/// <summary>How byte-level BPE splits a text before merging.</summary>
/// <param name="Patterns">Regular expressions whose matches are pieces, one after another.</param>
/// <param name="IgnoresMerges">Whether a piece that is a token is taken as it is.</param>
/// <param name="AddsBos">Whether texts begin with BOS where a file does not say.</param>
/// <param name="IsComposed">Whether characters are composed first (NFC).</param>
/// <param name="UsesGpt2">Whether GPT-2's pattern comes last.</param>
internal sealed record GgufSplit(
    IReadOnlyList<string> Patterns, bool IgnoresMerges = false, bool AddsBos = false, bool IsComposed = false, bool UsesGpt2 = true);
