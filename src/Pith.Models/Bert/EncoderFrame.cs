using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Models.Bert;

/// <summary>Finds what stands around an encoder's texts: what the tokenizer's file says, else what the family does with the tokens that begin and
/// end a text.</summary>
internal static class EncoderFrame
{
    /// <summary>The frame.</summary>
    /// <param name="path">What to call the model in messages.</param>
    /// <param name="config">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    public static TextFrame Of(string path, BertConfig config, TokenizerBundle tokenizer)
    {
        var own = tokenizer.Tokenizer;
        if (own.VocabularySize > config.VocabularySize)
        {
            throw new PithException(
                ModelsErrors.TokenizerMismatch, $"{path}: expected a tokenizer of at most {config.VocabularySize} ids, found one of {own.VocabularySize}");
        }

        // Its SentencePiece file numbers the tokens otherwise than the model.
        if (config.ModelType == "xlm-roberta" && tokenizer.Frame is null)
            throw new PithException(ModelsErrors.TokenizerMismatch, $"{path}: expected the tokenizer.json of the model, found {own.Kind}");
        var frame = tokenizer.Frame ?? (own.BosId is { } first && own.EosId is { } separator
            ? config.Family.CountsFromPadding ? TextFrame.Roberta(first, separator) : TextFrame.Bert(first, separator)
            : throw new PithException(ModelsErrors.TokenizerMismatch, $"{path}: expected tokens that begin and end a text, such as [CLS] and [SEP], found none"));
        var special = Math.Max(frame.SpecialTokens(isPair: false), frame.SpecialTokens(isPair: true));
        return special < config.ContextLength
            ? frame
            : throw new PithException(ModelsErrors.NoPositions, $"{path}: expected room for more than {special} special tokens, found {config.ContextLength} positions");
    }
}
