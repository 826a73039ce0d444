using System.Text;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Splits by GPT-2's pattern and turns text into the byte alphabet.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ByteLevelStage : SplitStage
{
    private readonly bool _addPrefixSpace;
    private readonly bool _usePattern;
    private readonly bool _map;

    /// <summary>Makes the stage.</summary>
    /// <param name="addPrefixSpace">Whether a text that does not start with a space gets one.</param>
    /// <param name="usePattern">Whether the text is split.</param>
    /// <param name="map">Whether pieces are written in the byte alphabet; the last stage leaves that to the model, which
    /// then reads the UTF-8 bytes without the detour.</param>
    public ByteLevelStage(bool addPrefixSpace, bool usePattern, bool map)
    {
        _addPrefixSpace = addPrefixSpace;
        _usePattern = usePattern;
        _map = map;
    }

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, bool first, IPieceSink sink)
    {
        if (_addPrefixSpace && text[0] != ' ')
            text = string.Concat(" ", text);
        for (var start = 0; start < text.Length;)
        {
            var end = _usePattern ? WordScanner.Gpt2.End(text, start) : text.Length;
            var piece = text[start..end];
            sink.Accept(_map ? Map(piece) : piece, first && start == 0);
            start = end;
        }
    }

    private static string Map(ReadOnlySpan<char> piece)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);
        return ByteAlphabet.Text(bytes);
    }
}
