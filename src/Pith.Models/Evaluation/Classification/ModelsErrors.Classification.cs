using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of files with labeled texts.</summary>
public static partial class ModelsErrors
{
    /// <summary>A line lacks a field, or its label is not one of the model's.</summary>
    public static readonly ErrorCode BadLabeledText = new(
        "PITH3360", "A labeled text is malformed", "docs/guide/evaluate.md lists the fields; labels are the model's names or their numbers.");

    /// <summary>The file holds no text.</summary>
    public static readonly ErrorCode NoLabeledTexts = new(
        "PITH3361", "There are no labeled texts", "Name a .jsonl or .tsv file with labeled texts.");
}
