using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Tokenizers;
using Pith.TestKit;

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

    // Both have grouped key and value heads (8 queries, 4 keys).
    [Theory]
    [InlineData("stories260K/stories260K.bin")]
    [InlineData("babyllama105/babyllama105.bin")]
    public void Logits_StagedModel_EqualTorch(string path)
    {
        using var file = Llama2cFile.Open(SharedData.Require("lm/weights/" + path));
        var random = new Random(11);
        int[] ids = [1, .. Enumerable.Range(0, 100).Select(_ => random.Next(3, file.Config.VocabularySize))];
        LogitsComparison.AssertAgree(file.Config, file, ids);
    }
}
