namespace Pith.Models.Tokenizers;

/// <summary>Turns text into the token ids of one vocabulary, and back.</summary>
/// <remarks>Implementations are immutable after construction and safe to use from several threads.</remarks>
public interface ITokenizer
{
    /// <summary>What kind of tokenizer it is, for people: <c>byte-level BPE</c>, <c>SentencePiece BPE</c>, …</summary>
    string Kind { get; }

    /// <summary>Number of ids; every id is in 0 … VocabularySize-1.</summary>
    int VocabularySize { get; }

    /// <summary>Id of the beginning-of-text token; null when the vocabulary has none.</summary>
    int? BosId { get; }

    /// <summary>Id of the end-of-text token; null when the vocabulary has none.</summary>
    int? EosId { get; }

    /// <summary>Encodes text without adding BOS or EOS. Text that looks like a special token is ordinary text
    /// unless <paramref name="parseSpecial"/> is set.</summary>
    /// <param name="text">Any text; unpaired surrogates are encoded as U+FFFD.</param>
    /// <param name="parseSpecial">Whether the names of special tokens in the text become their ids (chat templates need it).</param>
    int[] Encode(string text, bool parseSpecial = false);

    /// <summary>The text of a token sequence. Special tokens contribute nothing; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    string Decode(ReadOnlySpan<int> ids);

    /// <summary>The bytes which a token adds in the middle of a text; empty for special tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    ReadOnlySpan<byte> TokenBytes(int id);
}
