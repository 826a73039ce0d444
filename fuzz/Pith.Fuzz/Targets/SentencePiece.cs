using Pith.Models.Tokenizers;

namespace Pith.Fuzz.Targets;

/// <summary>A SentencePiece model.</summary>
internal static class SentencePiece
{
    public static readonly FuzzTarget Target = new("sentencepiece", "tokenizer.model", path => TokenizerLoader.Load(path).Tokenizer.Encode("Once upon a time, 12 €"));
}
