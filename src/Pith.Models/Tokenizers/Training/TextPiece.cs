namespace Pith.Models.Tokenizers.Training;

/// <summary>A piece of a text file, cut where no word is cut, so that its tokens are those of the whole text.</summary>
/// <param name="Text">The text; may be empty.</param>
/// <param name="EndsDocument">Whether a document ends after it.</param>
public readonly record struct TextPiece(string Text, bool EndsDocument)
{
    /// <summary>The line that separates documents.</summary>
    public const string Separator = "<|endoftext|>";

    private const int TargetLength = 1 << 20;

    /// <summary>Reads a text as pieces of about a million characters. A line that is exactly <see cref="Separator"/> ends a
    /// document and is no part of any piece; the end of the file ends a document too.</summary>
    /// <param name="reader">Read to its end, not disposed.</param>
    /// <param name="cancellation">Checked once a piece.</param>
    public static IEnumerable<TextPiece> Read(TextReader reader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Iterate(reader, cancellation);
    }

    private static IEnumerable<TextPiece> Iterate(TextReader reader, CancellationToken cancellation)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[1 << 16];
        var lineStart = 0;
        int count;
        var open = false;
        while ((count = reader.Read(buffer, 0, buffer.Length)) > 0)
        {
            for (var at = 0; at < count;)
            {
                var newline = buffer.AsSpan(at, count - at).IndexOf('\n');
                var take = newline < 0 ? count - at : newline + 1;
                kept.Append(buffer, at, take);
                at += take;
                open = true;
                if (newline < 0) break;
                if (IsSeparator(kept, lineStart))
                {
                    kept.Length = lineStart;
                    yield return new TextPiece(kept.ToString(), EndsDocument: true);
                    kept.Clear();
                    open = false;
                }
                lineStart = kept.Length;
            }
            if (kept.Length < TargetLength) continue;
            cancellation.ThrowIfCancellationRequested();
            var text = kept.ToString();
            var cut = PreTokenScanner.LastSafeCut(text);
            // The open line may still become a separator: it stays whole.
            if (cut >= lineStart) cut = PreTokenScanner.LastSafeCut(text.AsSpan(0, lineStart));
            if (cut == 0) continue;
            yield return new TextPiece(text[..cut], EndsDocument: false);
            kept.Remove(0, cut);
            lineStart -= cut;
        }
        if (!open && kept.Length == 0) yield break;
        if (IsSeparator(kept, lineStart)) kept.Length = lineStart;
        yield return new TextPiece(kept.ToString(), EndsDocument: true);
    }

    private static bool IsSeparator(System.Text.StringBuilder text, int start)
    {
        var length = text.Length - start;
        if (length > 0 && text[^1] == '\n') length--;
        if (length > 0 && text[start + length - 1] == '\r') length--;
        if (length != Separator.Length) return false;
        for (var i = 0; i < length; i++)
            if (text[start + i] != Separator[i]) return false;
        return true;
    }
}
