namespace Pith.Models.Checkpoints.Gguf;

/// <summary>What a token of a GGUF vocabulary is for; the numbers of the format, which are SentencePiece's.</summary>
internal enum GgufTokenType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Text that nothing else stands for.</summary>
    Unknown = 2,

    /// <summary>Steers the model.</summary>
    Control = 3,

    /// <summary>Text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>Not in use.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
