namespace Pith.Models.Tokenizers.Splitting;

/// <summary>What becomes of the separators that a splitting stage finds.</summary>
internal enum SplitBehavior
{
    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each starts the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring separators are one piece.</summary>
    Contiguous,
}
