using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class Gpt2VocabularyTests
{
    [Fact]
    public void Encode_LlamaCppCases_GiveTheirIds()
    {
        var tokenizer = GoldenTokenizers.Get("gpt2");
        foreach (var (text, ids) in LlamaCppCases.Read("gpt-2"))
        {
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }
}
