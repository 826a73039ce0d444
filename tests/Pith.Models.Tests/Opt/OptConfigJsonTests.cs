using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Opt;

namespace Pith.Models.Tests.Opt;

public sealed class OptConfigJsonTests
{
    // The members of the published 350M model which decide the arithmetic.
    private const string Published350M = """
        {"activation_function": "relu", "architectures": ["OPTForCausalLM"], "bos_token_id": 2, "do_layer_norm_before": false, "eos_token_id": 2,
         "ffn_dim": 4096, "hidden_size": 1024, "max_position_embeddings": 2048, "model_type": "opt", "num_attention_heads": 16,
         "num_hidden_layers": 24, "pad_token_id": 1, "vocab_size": 50272, "word_embed_proj_dim": 512}
        """;

    [Fact]
    public void Read_Published350M_HasItsShape()
    {
        var config = Assert.IsType<OptConfig>(Read(Published350M));

        Assert.Equal((1024, 512, 4096, 24, 16, 64), (config.HiddenSize, config.EmbeddingSize, config.IntermediateSize, config.Layers, config.Heads, config.HeadSize));
        Assert.False(config.NormsFirst || config.HasFinalNorm);
        Assert.True(config.IsHeadTied && config.HasBias && config.HasProjections);
        Assert.Equal(8 * 24, config.Sites.Count);
        Assert.Contains(config.Tensors, tensor => tensor.Name == "model.decoder.embed_positions.weight" && tensor.Shape.SequenceEqual([2050L, 1024L]));
        Assert.Contains(config.Tensors, tensor => tensor.Name == "model.decoder.project_in.weight" && tensor.Shape.SequenceEqual([1024L, 512L]));
    }

    [Fact]
    public void Read_EmptyObjectOfTheFamily_HasTheDefaultsOfTheSmallestModel()
    {
        var config = Assert.IsType<OptConfig>(Read("""{"model_type": "opt"}"""));
        Assert.Equal((768, 768, 3072, 12, 12), (config.HiddenSize, config.EmbeddingSize, config.IntermediateSize, config.Layers, config.Heads));
        Assert.True(config.NormsFirst && config.HasFinalNorm);
    }

    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var config = Assert.IsType<OptConfig>(Read(Published350M));
        var back = Assert.IsType<OptConfig>(Read(config.ToJson(TensorType.F16)));
        Assert.Equal(config with { EosIds = [] }, back with { EosIds = [] });
        Assert.Equal(config.EosIds, back.EosIds);
    }

    [Theory]
    [InlineData("""{"model_type": "opt", "activation_function": "gelu"}""", "expected relu, found gelu")]
    [InlineData("""{"model_type": "opt", "hidden_size": 30, "num_attention_heads": 4}""", "expected a multiple of the 4 attention heads, found 30")]
    [InlineData("""{"model_type": "opt", "max_position_embeddings": 2147483647}""", "max_position_embeddings")]
    [InlineData("""{"model_type": "gpt_neox"}""", "llama, mistral, qwen2, bitllama, opt, bert, roberta, xlm-roberta, distilbert")]
    [InlineData("""{"model_type": "opt", "architectures": ["OPTForSequenceClassification"]}""", "expected OPTForCausalLM")]
    public void Read_Unsupported_SaysWhatIsExpected(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<PithException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static ModelConfig Read(string json) => ModelConfigJson.Read(Encoding.UTF8.GetBytes(json), "some/config.json");
}
