using Pith.Models.Tokenizers;

namespace Pith.Tune.Tests.Llama;

public sealed class LogitsAgreementTests
{
    [Theory]
    [InlineData("pith-0.45m")]
    [InlineData("pith-3.4m")]
    public void Logits_BundledModel_EqualTorch(string name)
    {
        var directory = BundledModels.Require(name);
        var tokenizer = TokenizerLoader.Load(directory).Tokenizer;
        int[] ids = [0, .. tokenizer.Encode("It was a bright cold morning, and Mr. Harding had not slept. \"What is it?\" said he; \"what can be the matter?\"\n\n")];
        LogitsComparison.AssertAgree(directory, ids);
    }
}
