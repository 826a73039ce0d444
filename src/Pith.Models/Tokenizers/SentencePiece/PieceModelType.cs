namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>How a SentencePiece model cuts a text; the numbers of the format.</summary>
internal enum PieceModelType
{
    /// <summary>The likeliest pieces.</summary>
    Unigram = 1,

    /// <summary>Merges, best score first.</summary>
    Bpe = 2,

    /// <summary>Words.</summary>
    Word = 3,

    /// <summary>Characters.</summary>
    Character = 4,
}
