namespace Pith.Models.Bert;

/// <summary>One text, or pair of texts, as an encoder reads it.</summary>
/// <param name="Tokens">Token ids, special tokens included; at least one.</param>
/// <param name="Types">The segment of each token, 0 for the first text and 1 for the second, as many; empty for all 0.</param>
public readonly record struct EncoderInput(ReadOnlyMemory<int> Tokens, ReadOnlyMemory<int> Types = default);
