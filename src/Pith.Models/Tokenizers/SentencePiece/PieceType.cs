namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>What a piece of a SentencePiece vocabulary is for; the numbers of the format.</summary>
internal enum PieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Text that nothing else stands for.</summary>
    Unknown = 2,

    /// <summary>Steers the model.</summary>
    Control = 3,

    /// <summary>Text that is always one piece.</summary>
    UserDefined = 4,

    /// <summary>Not in use.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
