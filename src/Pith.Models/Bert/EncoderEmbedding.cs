using Pith.Core.Diagnostics;
using Pith.Kernels.Ops;

namespace Pith.Models.Bert;

/// <summary>Makes the rows which a text enters the blocks with: word + position + segment.</summary>
internal static class EncoderEmbedding
{
    /// <summary>Refuses a text which the model cannot read.</summary>
    public static void Check(BertConfig config, EncoderInput text)
    {
        var tokens = text.Tokens.Span;
        var types = text.Types.Span;
        if (tokens.IsEmpty)
            throw new ArgumentException("A text has at least one token.", nameof(text));
        if (!types.IsEmpty && types.Length != tokens.Length)
            throw new ArgumentException($"A text of {tokens.Length} tokens has as many segments or none, not {types.Length}.", nameof(text));
        if (tokens.Length > config.ContextLength)
            throw new PithException(ModelsErrors.NoPositions, $"expected a text of at most {config.ContextLength} tokens, found one of {tokens.Length}");
        foreach (var token in tokens)
        {
            if (token < 0 || token >= config.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(text), token, $"A token id is 0 to {config.VocabularySize - 1}.");
        }

        foreach (var type in types)
        {
            if (type < 0 || type >= Math.Max(1, config.Types))
                throw new ArgumentOutOfRangeException(nameof(text), type, $"A segment is 0 to {Math.Max(1, config.Types) - 1}.");
        }
    }

    /// <summary>Writes the rows of a text, before their norm.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">A text that was checked.</param>
    /// <param name="destination">[tokens, hidden].</param>
    public static void Put(EncoderModel model, EncoderInput text, Span<float> destination)
    {
        var (config, ends, hidden) = (model.Config, model.Ends, model.Config.HiddenSize);
        var tokens = text.Tokens.Span;
        var types = text.Types.Span;
        var position = config.FirstPosition;
        for (var t = 0; t < tokens.Length; t++)
        {
            var row = destination.Slice(t * hidden, hidden);

            // RoBERTa's padding token stands at a place of its own and is not counted.
            var isPadding = config.Family.CountsFromPadding && tokens[t] == config.PadId;
            var place = isPadding ? config.PadId : position++;
            Elementwise.Add(ends.Words.AsSpan(tokens[t] * hidden, hidden), ends.Positions.AsSpan(place * hidden, hidden), row);
            if (config.Types > 0)
                Elementwise.Add(row, ends.Types.AsSpan((types.IsEmpty ? 0 : types[t]) * hidden, hidden), row);
        }
    }
}
