using Pith.Models.Tokenizers;

namespace Pith.Fuzz.Targets;

/// <summary>A tokenizer of the tokenizers library.</summary>
internal static class TokenizerJson
{
    public static readonly FuzzTarget Target = new("tokenizer-json", "tokenizer.json", path => TokenizerLoader.Load(path).Tokenizer.Encode("Once upon a time, 12 €"));
}
