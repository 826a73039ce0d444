namespace Pith.Models.Tokenizers.Splitting;

/// <summary>When a space is put before a text.</summary>
internal enum MetaspacePrefix
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before the start of the whole text only.</summary>
    First,

    /// <summary>Before every stretch between special tokens.</summary>
    Always,
}
