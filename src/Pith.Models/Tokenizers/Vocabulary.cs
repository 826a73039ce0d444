using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers;

/// <summary>Token texts and ids, one to one.</summary>
/// <remarks>Filled by a reader, then only read.</remarks>
internal sealed class Vocabulary
{
    private readonly string _file;
    private readonly List<string?> _texts = [];

    /// <summary>Makes an empty vocabulary.</summary>
    /// <param name="file">Where it comes from, for messages.</param>
    public Vocabulary(string file) => _file = file;

    /// <summary>Ids by text.</summary>
    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts by id; null for ids without a token.</summary>
    public IReadOnlyList<string?> Texts => _texts;

    /// <summary>Adds a token.</summary>
    /// <exception cref="PithException">The id is out of range or taken, or the text has another id.</exception>
    public void Add(string text, int id)
    {
        if (id is < 0 or >= TokenizerLimits.MaxVocabulary)
        {
            throw new PithException(
                ModelsErrors.TokenizerVocabularyInvalid,
                $"{_file}: ids must lie in 0 … {TokenizerLimits.MaxVocabulary - 1}, found {id}.");
        }

        while (_texts.Count <= id)
            _texts.Add(null);
        if (_texts[id] is { } other)
        {
            throw new PithException(
                ModelsErrors.TokenizerVocabularyInvalid,
                $"{_file}: the id {id} is given to two tokens, '{Shorten(other)}' and '{Shorten(text)}'.");
        }

        if (!Ids.TryAdd(text, id))
        {
            throw new PithException(
                ModelsErrors.TokenizerVocabularyInvalid,
                $"{_file}: the token '{Shorten(text)}' has two ids, {Ids[text]} and {id}.");
        }

        _texts[id] = text;
    }

    /// <summary>A token's text, short enough for a message.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
