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

    [Fact]
    public void Load_BFloat16NotANumber_NamesTensorAndIndex()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        source.Numbers("model.layers.1.mlp.up_proj.weight")[77] = float.NegativeInfinity;
        source.Halve("model.layers.1.mlp.up_proj.weight");
        var failure = Assert.Throws<PithException>(() => LlamaModel.Load(TinyLlama.Config, source));
        Assert.Equal(ModelsErrors.NonFiniteWeight, failure.Error);
        Assert.Contains("model.layers.1.mlp.up_proj.weight: expected finite numbers, found -Infinity at index 77", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_BFloat16Weights_GivesTheBitsOfFloats()
    {
        using var halves = TinyLlama.Weights(TinyLlama.Config);
        using var floats = TinyLlama.Weights(TinyLlama.Config);
        foreach (var (name, entry) in halves.Tensors.ToList())
            floats.Add(name, halves.Halve(name).Numbers(name), [.. entry.Shape]);
        var (small, large) = (LlamaModel.Load(TinyLlama.Config, halves), LlamaModel.Load(TinyLlama.Config, floats));

        Assert.True(small.WeightBytes < large.WeightBytes * 6 / 10);
        var (first, second) = (small.CreateSession(), large.CreateSession());
        Assert.Equal(second.Append([3, 4, 5, 6]).ToArray(), first.Append([3, 4, 5, 6]).ToArray());
        Assert.Equal(second.Append([7]).ToArray(), first.Append([7]).ToArray());
    }
}
