using Pith.Core.Diagnostics;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

public sealed class LlamaModelTests
{
    [Fact]
    public void Load_MissingTensor_NamesIt()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        var failure = Assert.Throws<PithException>(() => LlamaModel.Load(TinyLlama.Config with { Layers = 3 }, source));
        Assert.Equal(ModelsErrors.MissingTensor, failure.Error);
        Assert.Contains("model.layers.2.input_layernorm.weight", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherShape_NamesBoth()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        var failure = Assert.Throws<PithException>(() => LlamaModel.Load(TinyLlama.Config with { VocabularySize = 60 }, source));
        Assert.Equal(ModelsErrors.WrongShape, failure.Error);
        Assert.Contains("expected the shape [60, 36], found [61, 36]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NotANumber_NamesTensorAndIndex()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        source.Numbers("model.layers.1.mlp.up_proj.weight")[77] = float.NaN;
        var failure = Assert.Throws<PithException>(() => LlamaModel.Load(TinyLlama.Config, source));
        Assert.Equal(ModelsErrors.NonFiniteWeight, failure.Error);
        Assert.Contains("model.layers.1.mlp.up_proj.weight: expected finite numbers, found NaN at index 77", failure.Message, StringComparison.Ordinal);
    }
}
