using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Training;

namespace Pith.Models.Evaluation.Classification;

/// <summary>Reads labeled texts: one JSON object a line (<c>.jsonl</c>), or a table whose first line names its columns (<c>.tsv</c>, no quoting).</summary>
/// <remarks>Either may be compressed (<c>.zst</c>). Thread-safe.</remarks>
public static class LabeledFile
{
    // Enough for the largest of GLUE's sets: a small compressed file may claim anything.
    private const int MostCharacters = 1 << 27;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">The model's labels, by their index.</param>
    /// <param name="limit">Texts read at most; null for all.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">The file cannot be read (<see cref="ModelsErrors.CannotReadText"/>), a line is no labeled text
    /// (<see cref="ModelsErrors.BadLabeledText"/>, with the line's number), or there is none (<see cref="ModelsErrors.NoLabeledTexts"/>).</exception>
    public static IReadOnlyList<LabeledText> Read(
        string path, IReadOnlyList<string> labels, int? limit = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit ?? 1, 1, nameof(limit));
        var fields = new LabeledFields(path, labels);
        var plain = path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
        var isTable = plain.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);
        var texts = TextFile.Read(path, stream =>
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var lines = Lines(reader, path, cancellation);
            return (isTable ? FromTable(lines, fields) : FromObjects(lines, fields)).Take(limit ?? int.MaxValue).ToArray();
        });
        return texts.Length > 0 ? texts : throw new PithException(ModelsErrors.NoLabeledTexts, $"{path}: expected labeled texts, found none");
    }

    private static IEnumerable<(string Line, int Number)> Lines(StreamReader reader, string path, CancellationToken cancellation)
    {
        var characters = 0L;
        for (var number = 1; EvaluationText.ReadLine(reader, path, number, ModelsErrors.BadLabeledText, cancellation) is { } line; number++)
        {
            characters += line.Length + 1;
            if (characters > MostCharacters)
                throw new PithException(ModelsErrors.BadLabeledText, $"{path}, line {number}: expected at most {MostCharacters} characters in all, found more");
            if (!line.AsSpan().Trim().IsEmpty)
                yield return (line.TrimEnd('\r'), number);
        }
    }

    private static IEnumerable<LabeledText> FromObjects(IEnumerable<(string Line, int Number)> lines, LabeledFields fields)
    {
        foreach (var (line, number) in lines)
            yield return FromObject(line, number, fields);
    }

    private static LabeledText FromObject(string line, int number, LabeledFields fields)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? fields.Read(Field, number) : throw fields.Wrong(number, $"an object, found {root.ValueKind}");

            string? Field(string name) => !root.TryGetProperty(name, out var value) ? null : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.Null => null,
                _ => throw fields.Wrong(number, $"\"{name}\" to be a string or a number, found {value.ValueKind}"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw fields.Wrong(number, $"JSON: {exception.Message}", exception);
        }
    }

    private static IEnumerable<LabeledText> FromTable(IEnumerable<(string Line, int Number)> lines, LabeledFields fields)
    {
        string[]? columns = null;
        foreach (var (line, number) in lines)
        {
            var cells = line.Split('\t');
            if (columns is null)
            {
                columns = cells;
                continue;
            }

            if (cells.Length != columns.Length)
                throw fields.Wrong(number, $"{columns.Length} columns as in the first line, found {cells.Length}");
            yield return fields.Read(name => Array.IndexOf(columns, name) is var index and >= 0 ? cells[index] : null, number);
        }
    }
}
