namespace Pith.Models.Checkpoints;

/// <summary>What an import or export did.</summary>
/// <param name="Out">The directory that was written.</param>
/// <param name="Tensors">Weights written.</param>
/// <param name="Parameters">Numbers in them.</param>
/// <param name="Bytes">Bytes of the whole directory.</param>
/// <param name="Type">The element type of the plain weights, or <c>mixed</c>.</param>
/// <param name="Tokenizer">The kind of tokenizer copied; null where there was none.</param>
/// <param name="Ignored">Tensors of the source which the model does not use.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record ModelCopyReport(
    string Out,
    int Tensors,
    long Parameters,
    long Bytes,
    string Type,
    string? Tokenizer,
    IReadOnlyList<string> Ignored,
    IReadOnlyList<string> Warnings);
