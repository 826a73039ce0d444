namespace Pith.Models.Tokenizers;

/// <summary>What stands around one text, or around two, when an encoder reads them: special tokens and segments.</summary>
/// <remarks>Source: the post-processors of Hugging Face's tokenizers. Immutable, hence thread-safe.</remarks>
/// <param name="Single">The parts where there is one text.</param>
/// <param name="Pair">The parts where there are two.</param>
public sealed record TextFrame(IReadOnlyList<FramePart> Single, IReadOnlyList<FramePart> Pair)
{
    /// <summary>BERT's: <c>[CLS] A [SEP]</c>, <c>[CLS] A [SEP] B [SEP]</c>, the second text and its separator in the second segment.</summary>
    /// <param name="first">Id of the token before all.</param>
    /// <param name="separator">Id of the token behind each text.</param>
    public static TextFrame Bert(int first, int separator) => new(
        [new(first, 0, 0), new(null, 0, 0), new(separator, 0, 0)],
        [new(first, 0, 0), new(null, 0, 0), new(separator, 0, 0), new(null, 1, 1), new(separator, 0, 1)]);

    /// <summary>RoBERTa's: <c>&lt;s&gt; A &lt;/s&gt;</c>, <c>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;</c>, all in one segment.</summary>
    /// <param name="first">Id of the token before all.</param>
    /// <param name="separator">Id of the token behind each text.</param>
    public static TextFrame Roberta(int first, int separator) => new(
        [new(first, 0, 0), new(null, 0, 0), new(separator, 0, 0)],
        [new(first, 0, 0), new(null, 0, 0), new(separator, 0, 0), new(separator, 0, 0), new(null, 1, 0), new(separator, 0, 0)]);

    /// <summary>Special tokens around one text or two.</summary>
    public int SpecialTokens(bool isPair) => (isPair ? Pair : Single).Count(part => part.Token is not null);

    /// <summary>Puts one text, or two, into their places. What is too long loses its end, token by token: the longer of the two, of equally
    /// long ones the second.</summary>
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second text; null where there is one alone.</param>
    /// <param name="most">Tokens at most, special tokens included.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not even room for the special tokens.</exception>
    public FramedText Apply(int[] first, int[]? second, int most)
    {
        ArgumentNullException.ThrowIfNull(first);
        var parts = second is null ? Single : Pair;
        var room = most - SpecialTokens(second is not null);
        ArgumentOutOfRangeException.ThrowIfNegative(room, nameof(most));
        var (own, other) = (first.Length, second?.Length ?? 0);
        while (own + other > room)
        {
            if (own > other)
                own--;
            else
                other--;
        }

        var (tokens, types, texts) = (new List<int>(), new List<int>(), new List<int>());
        foreach (var part in parts)
        {
            if (part.Token is { } special)
                Add([special], part.Type, -1);
            else
                Add(part.Text == 0 ? first.AsSpan(0, own) : second.AsSpan(0, other), part.Type, part.Text);
        }

        return new FramedText([.. tokens], [.. types], [.. texts], own + other < first.Length + (second?.Length ?? 0));

        void Add(ReadOnlySpan<int> ids, int type, int text)
        {
            tokens.AddRange(ids);
            types.AddRange(Enumerable.Repeat(type, ids.Length));
            texts.AddRange(Enumerable.Repeat(text, ids.Length));
        }
    }
}
