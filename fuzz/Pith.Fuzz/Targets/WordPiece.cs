using Pith.Models.Tokenizers;

namespace Pith.Fuzz.Targets;

/// <summary>The vocabulary of a BERT model.</summary>
internal static class WordPiece
{
    public static readonly FuzzTarget Target = new("wordpiece", "vocab.txt", path => TokenizerLoader.Load(path).Tokenizer.Encode("Once upon a time, 12 €"));
}
