using System.Text;

namespace Pith.Models.Tokenizers.Bpe;

/// <summary>What a <see cref="CharacterBpe"/> is made of.</summary>
internal sealed record CharacterBpeParts
{
    /// <summary>Texts by id of the tokens that merges can make; null for the rest.</summary>
    public required IReadOnlyList<string?> Texts { get; init; }

    /// <summary>Ids of the tokens of one code point.</summary>
    public required Dictionary<Rune, int> CharacterIds { get; init; }

    /// <summary>What joins.</summary>
    public required MergeTable Merges { get; init; }

    /// <summary>Ids of the tokens that stand for single bytes [256], -1 where there is none; null without byte fallback.</summary>
    public int[]? ByteIds { get; init; }

    /// <summary>Id for code points that nothing else stands for; -1 drops them.</summary>
    public int UnknownId { get; init; } = -1;

    /// <summary>Whether neighbouring unknown code points are one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>What stands for a space in the tokens.</summary>
    public char Space { get; init; } = '\u2581';

    /// <summary>Ids by text, when a piece that is a token is taken as it is; otherwise null.</summary>
    public Dictionary<string, int>? WholeWords { get; init; }
}
