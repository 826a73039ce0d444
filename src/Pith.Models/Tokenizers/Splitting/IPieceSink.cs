namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Where a splitting stage sends its pieces.</summary>
internal interface IPieceSink
{
    /// <summary>Takes the next piece.</summary>
    /// <param name="piece">Not empty; valid during the call only.</param>
    /// <param name="first">Whether the piece starts the whole text.</param>
    void Accept(ReadOnlySpan<char> piece, bool first);
}
