using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Training;

namespace Pith.Models.Evaluation;

/// <summary>Cuts a text into the windows over which perplexity is measured.</summary>
/// <remarks>A plain text is one stream of tokens, cut into blocks of the beginning-of-text token and context - 1 tokens; a last short block
/// counts. A file of documents gives one window a document, beginning-of-text token included and cut to the context. Where the tokenizer
/// has no beginning-of-text token, the first token of a window is context only. Thread-safe.</remarks>
public static class EvaluationText
{
    private const long LargestTextBytes = 1L << 30;
    private const int LongestLine = 1 << 26;

    /// <summary>Reads a file: documents (the field <c>text</c> of each line) when its name ends in <c>.jsonl</c>, otherwise plain UTF-8 text.
    /// Either may be compressed (<c>.zst</c>).</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">How to cut.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the kind of file.</exception>
    /// <exception cref="PithException">The file cannot be read (<see cref="ModelsErrors.CannotReadText"/>), is malformed
    /// (<see cref="ModelsErrors.BadText"/>) or holds nothing to score (<see cref="ModelsErrors.NothingToScore"/>).</exception>
    public static IReadOnlyList<EvaluationWindow> Read(
        string path, TokenizerBundle tokenizer, EvaluationOptions options, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        var isZstandard = path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase);
        var isDocuments = Path.GetExtension(isZstandard ? path[..^4] : path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);
        options.Check(isDocuments);
        var windows = TextFile.Read(path, stream =>
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return isDocuments
                ? FromDocuments(ReadDocuments(reader, path, cancellation), tokenizer, options, cancellation)
                : FromText(ReadAll(reader, path, cancellation), tokenizer, options);
        });
        return windows.Count > 0
            ? windows
            : throw new PithException(ModelsErrors.NothingToScore, $"{path}: expected text of at least two tokens, found none");
    }

    /// <summary>Cuts one plain text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">How to cut.</param>
    public static IReadOnlyList<EvaluationWindow> FromText(string text, TokenizerBundle tokenizer, EvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(isDocuments: false);
        var stream = options.ByLine
            ? [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(line => tokenizer.Tokenizer.Encode(Collapse(line, options.Whitespace)))]
            : tokenizer.Tokenizer.Encode(Collapse(text, options.Whitespace));
        var length = Math.Min(stream.Length, options.MaxTokens ?? int.MaxValue);
        return Cut(stream.AsSpan(0, length), tokenizer, options);
    }

    /// <summary>Cuts each document to the context.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">How to cut.</param>
    /// <param name="cancellation">Stops the encoding.</param>
    public static IReadOnlyList<EvaluationWindow> FromDocuments(
        IEnumerable<string> documents, TokenizerBundle tokenizer, EvaluationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(isDocuments: true);
        var windows = new List<EvaluationWindow>();
        var left = options.MaxTokens ?? int.MaxValue;
        foreach (var document in documents.Take(options.MaxDocuments ?? int.MaxValue))
        {
            cancellation.ThrowIfCancellationRequested();
            int[] start = Bos(tokenizer) is { } bos ? [bos] : [];
            var encoded = tokenizer.Tokenizer.Encode(Collapse(document, options.Whitespace));
            var kept = encoded.AsSpan(0, Math.Min(encoded.Length, Math.Min(left, options.Context - start.Length)));
            left -= kept.Length;
            int[] tokens = [.. start, .. kept];
            if (tokens.Length > 1)
            {
                var text = tokenizer.Tokenizer.Decode(tokens.AsSpan(1));
                windows.Add(new EvaluationWindow(tokens, 1, Encoding.UTF8.GetByteCount(text)));
            }

            if (left <= 0)
                break;
        }

        return windows;
    }

    private static List<EvaluationWindow> Cut(ReadOnlySpan<int> stream, TokenizerBundle tokenizer, EvaluationOptions options)
    {
        int[] start = Bos(tokenizer) is { } bos ? [bos] : [];
        var width = options.Context - start.Length;
        var stride = options.Stride ?? width;
        var windows = new List<EvaluationWindow>();
        var scored = 0; // tokens of the stream scored so far, or passed over as context
        for (var first = 0; scored < stream.Length; first += stride)
        {
            var piece = stream[first..Math.Min(first + width, stream.Length)];
            int[] tokens = [.. start, .. piece];

            // The very first token of a window has nothing to be predicted from.
            var firstScored = Math.Max(1, scored - first + start.Length);
            scored = first + piece.Length;
            if (firstScored >= tokens.Length)
                continue;
            var bytes = 0L;
            foreach (var token in tokens.AsSpan(firstScored))
                bytes += tokenizer.Tokenizer.TokenBytes(token).Length;
            windows.Add(new EvaluationWindow(tokens, firstScored, bytes));
        }

        return windows;
    }

    private static int? Bos(TokenizerBundle tokenizer) => tokenizer.AddsBos ? tokenizer.Tokenizer.BosId : null;

    private static string Collapse(string text, Whitespace whitespace)
    {
        if (whitespace == Whitespace.Keep)
            return text;
        var result = new StringBuilder(text.Length);
        var inRun = false;
        foreach (var character in text)
        {
            var isMember = whitespace == Whitespace.Collapse ? char.IsWhiteSpace(character) : character is '\n' or '\r';
            if (!isMember)
                result.Append(character);
            else if (!inRun)
                result.Append(whitespace == Whitespace.Collapse ? ' ' : '\n');
            inRun = isMember;
        }

        return result.ToString();
    }

    private static string ReadAll(StreamReader reader, string path, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new char[1 << 16];
        for (int count; (count = reader.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            text.Append(buffer, 0, count);
            if (text.Length > LargestTextBytes / sizeof(char))
                throw new PithException(ModelsErrors.BadText, $"{path}: expected at most {LargestTextBytes / sizeof(char)} characters of text, found more");
        }

        return text.ToString();
    }

    private static IEnumerable<string> ReadDocuments(StreamReader reader, string path, CancellationToken cancellation)
    {
        for (var number = 1; ReadLine(reader, path, number, ModelsErrors.BadText, cancellation) is { } line; number++)
        {
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            yield return TextOf(line, path, number);
        }
    }

    private static string TextOf(string line, string path, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String
                    ? text.GetString()!
                    : throw new PithException(ModelsErrors.BadText, $"{path}, line {number}: expected an object with a string \"text\"");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PithException(ModelsErrors.BadText, $"{path}, line {number}: {exception.Message}", inner: exception);
        }
    }

    // StreamReader.ReadLine would take a line of any length into memory.
    internal static string? ReadLine(StreamReader reader, string path, int number, ErrorCode error, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (reader.Peek() < 0)
            return null;
        var line = new StringBuilder();
        for (int character; (character = reader.Read()) >= 0 && character != '\n';)
        {
            if (line.Length == LongestLine)
                throw new PithException(error, $"{path}, line {number}: expected at most {LongestLine} characters, found more");
            line.Append((char)character);
        }

        return line.ToString();
    }
}
