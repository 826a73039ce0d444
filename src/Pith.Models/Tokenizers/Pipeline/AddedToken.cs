namespace Pith.Models.Tokenizers.Pipeline;

/// <summary>A token that is found in the text as a whole, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text; not empty.</param>
/// <param name="IsSpecial">Whether it steers the model rather than standing for text.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalized text.</param>
/// <param name="StripLeft">Whether it takes in the white space before it.</param>
/// <param name="StripRight">Whether it takes in the white space after it.</param>
/// <param name="IsSingleWord">Whether it must not touch other characters of words.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool IsSpecial,
    bool IsNormalized = false,
    bool StripLeft = false,
    bool StripRight = false,
    bool IsSingleWord = false);
