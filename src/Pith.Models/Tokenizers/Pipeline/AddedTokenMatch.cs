namespace Pith.Models.Tokenizers.Pipeline;

/// <summary>Where an added token was found.</summary>
/// <param name="Start">First UTF-16 unit that it takes, white space included.</param>
/// <param name="End">One past the last UTF-16 unit that it takes, white space included.</param>
/// <param name="Id">The token.</param>
/// <param name="Next">One past the last UTF-16 unit of its own text, where the next search goes on.</param>
internal readonly record struct AddedTokenMatch(int Start, int End, int Id, int Next);
