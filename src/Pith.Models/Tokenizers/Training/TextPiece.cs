using System.Text;

namespace Pith.Models.Tokenizers.Training;

/// <summary>A piece of a text file, cut where no word is cut, so that its tokens are those of the whole text.</summary>
/// <param name="Text">The text; may be empty.</param>
/// <param name="EndsDocument">Whether a document ends after it.</param>
public readonly record struct TextPiece(string Text, bool EndsDocument)
{
    /// <summary>The line that separates documents.</summary>
    public const string Separator = "<|endoftext|>";

    private const int TargetLength = 1 << 20;

    // Text without any white space is cut here all the same, so that no file can make a piece grow without end.
    private const int LargestLength = 1 << 26;

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
        var kept = new StringBuilder();
        var buffer = new char[1 << 16];
        var lineStart = 0;
        int count;
        var open = false;
        var enough = TargetLength;
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
            if (kept.Length < enough) continue;
            cancellation.ThrowIfCancellationRequested();
            var text = kept.ToString();
            // A line that may still become a separator is not cut off from its start. After a cut comes white space, with which no separator begins.
            var cut = LastSafeCut(text.AsSpan(0, text.Length - lineStart > Separator.Length + 1 ? text.Length : lineStart));
            if (cut == 0 && text.Length < LargestLength)
            {
                enough = 2 * text.Length;
                continue;
            }
            if (cut == 0) cut = text.Length;
            yield return new TextPiece(text[..cut], EndsDocument: false);
            kept.Remove(0, cut);
            lineStart = Math.Max(0, lineStart - cut);
            enough = TargetLength;
        }
        if (!open && kept.Length == 0) yield break;
        if (IsSeparator(kept, lineStart)) kept.Length = lineStart;
        yield return new TextPiece(kept.ToString(), EndsDocument: true);
    }

    /// <summary>The last place where the text can be cut without changing its words by GPT-2's rule: between a visible character and
    /// white space. 0 when there is none.</summary>
    private static int LastSafeCut(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i > 0; i--)
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1])) return i;
        return 0;
    }

    private static bool IsSeparator(StringBuilder text, int start)
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
