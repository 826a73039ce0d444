using Pith.Core.Diagnostics;
using Pith.Models.Generation;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests;

public sealed class LanguageModelTests
{
    [Fact]
    public void Open_BundledModel_RunsAndEnds()
    {
        var model = LanguageModel.Open(Repository.PathOf("models/pith-0.45m"));
        Assert.Equal(model.Config.VocabularySize, model.Tokenizer.Tokenizer.VocabularySize);
        Assert.NotEmpty(model.EosIds);
        Assert.Equal(model.Config.Layers * 9, model.Sites.Count);
        Assert.Equal(5, new Generator(model).Continue("It was", new GenerationOptions { MaxTokens = 5 }).Tokens);
    }

    [Fact]
    public void Create_TokenizerLargerThanTheModel_IsACodedError()
    {
        var failure = Assert.Throws<PithException>(() => LanguageModel.Create("tiny", TinyLlama.Model(), LetterTokenizer.Bundle()));
        Assert.Equal(ModelsErrors.TokenizerMismatch, failure.Error);
        Assert.Contains("at most 61 ids, found one of 259", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireSameTokens_OtherVocabularies_AreRefused()
    {
        var config = TinyLlama.Config with { VocabularySize = 300 };
        var one = Model(config);
        var same = Model(config);
        var other = Model(config with { VocabularySize = 301 });
        one.RequireSameTokens(same);
        Assert.Equal(ModelsErrors.TokenizerMismatch, Assert.Throws<PithException>(() => one.RequireSameTokens(other)).Error);

        static LanguageModel Model(LlamaConfig config) => LanguageModel.Create("tiny", TinyLlama.Model(config), LetterTokenizer.Bundle());
    }
}
