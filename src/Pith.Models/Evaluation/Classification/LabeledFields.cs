using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Models.Bert;

namespace Pith.Models.Evaluation.Classification;

/// <summary>Finds text, pair and label among the named fields of a line.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="labels">The model's labels.</param>
internal sealed class LabeledFields(string path, IReadOnlyList<string> labels)
{
    private const string Label = "label";

    // As the usual data sets call them, GLUE's among them; the first row all of whose fields are there counts.
    private static readonly (string Text, string? Pair)[] s_texts =
    [
        ("text", "text_pair"), ("sentence1", "sentence2"), ("premise", "hypothesis"), ("question1", "question2"), ("question", "sentence"),
        ("text", null), ("sentence", null),
    ];

    /// <summary>The names for messages.</summary>
    public static string Known => string.Join(", ", s_texts.Select(row => row.Pair is null ? row.Text : $"{row.Text} with {row.Pair}"));

    /// <summary>Reads a line.</summary>
    /// <param name="field">The text of a field; null where it is absent.</param>
    /// <param name="line">The line's number, from 1.</param>
    public LabeledText Read(Func<string, string?> field, int line)
    {
        foreach (var (name, pairName) in s_texts)
        {
            if (field(name) is not { } text)
                continue;
            if (pairName is null)
                return new LabeledText(new TextPair(text), LabelOf(field, line), line);
            if (field(pairName) is { } pair)
                return new LabeledText(new TextPair(text, pair), LabelOf(field, line), line);
        }

        throw Wrong(line, $"one of the fields {Known}, found none");
    }

    /// <summary>The error of a line.</summary>
    public PithException Wrong(int line, string expected, Exception? inner = null) =>
        new(ModelsErrors.BadLabeledText, string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: expected {expected}"), inner: inner);

    // A name as it is, then in other capitals, then a number.
    private int LabelOf(Func<string, string?> field, int line)
    {
        var text = field(Label) ?? throw Wrong(line, $"a field \"{Label}\", found none");
        foreach (var comparer in new[] { StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase })
        {
            if (labels.Index().Where(pair => comparer.Equals(pair.Item, text)).Select(pair => pair.Index).FirstOrDefault(-1) is var index and >= 0)
                return index;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < labels.Count
            ? number
            : throw Wrong(line, $"\"{Label}\" to be {string.Join(", ", labels.Take(10))}{(labels.Count > 10 ? ", …" : "")} or 0 to {labels.Count - 1}, found {Checkpoints.Names.Show(text)}");
    }
}
