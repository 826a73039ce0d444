using Pith.Models.Tokenizers;

namespace Pith.Fuzz.Targets;

/// <summary>A llama2.c tokenizer.</summary>
internal static class Llama2cTokenizer
{
    public static readonly FuzzTarget Target = new("llama2c-tokenizer", "tokenizer.bin", path => TokenizerLoader.Load(path).Tokenizer.Encode("Once upon a time, 12 €"));
}
