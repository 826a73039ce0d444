using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;
using Pith.TestKit;

namespace Pith.Models.Tests.Bert;

public sealed class BertConfigJsonTests
{
    // The members of published models which decide the arithmetic.
    private const string BertBaseUncased = """
        {"architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_size": 768, "intermediate_size": 3072,
         "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert", "num_attention_heads": 12, "num_hidden_layers": 12,
         "pad_token_id": 0, "position_embedding_type": "absolute", "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522}
        """;

    private const string RobertaBase = """
        {"architectures": ["RobertaForMaskedLM"], "bos_token_id": 0, "eos_token_id": 2, "hidden_act": "gelu", "hidden_size": 768,
         "intermediate_size": 3072, "layer_norm_eps": 1e-05, "max_position_embeddings": 514, "model_type": "roberta", "num_attention_heads": 12,
         "num_hidden_layers": 12, "pad_token_id": 1, "type_vocab_size": 1, "vocab_size": 50265}
        """;

    private const string DistilSst2 = """
        {"activation": "gelu", "architectures": ["DistilBertForSequenceClassification"], "dim": 768, "hidden_dim": 3072,
         "id2label": {"0": "NEGATIVE", "1": "POSITIVE"}, "label2id": {"NEGATIVE": 0, "POSITIVE": 1}, "max_position_embeddings": 512,
         "model_type": "distilbert", "n_heads": 12, "n_layers": 6, "pad_token_id": 0, "sinusoidal_pos_embds": false, "tie_weights_": true,
         "vocab_size": 30522}
        """;

    [Fact]
    public void Read_BertBaseUncased_HasItsShape()
    {
        var config = Assert.IsType<BertConfig>(Read(BertBaseUncased));
        Assert.Equal((768, 3072, 12, 12, 64, 512, 0), (config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.HeadSize, config.ContextLength, config.FirstPosition));
        Assert.Equal((EncoderHead.MaskedToken, MlpActivation.Gelu, true, 2), (config.Head, config.Activation, config.IsHeadTied, config.Types));
        Assert.Equal(8 * 12, config.Sites.Count);
        Assert.Equal("bert.encoder.layer.3.attention.output.dense.weight", config.WeightNameOf(new Core.Sites.Site(3, Core.Sites.SiteKind.AttnO)));

        // 109,514,298: the published size of the model with this head.
        Assert.Equal(109_514_298, config.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, length) => product * length)));
    }

    [Fact]
    public void Read_RobertaBase_CountsPositionsFromBehindThePadding()
    {
        var config = Assert.IsType<BertConfig>(Read(RobertaBase));
        Assert.Equal((514, 512, 2, 1, 1e-5f), (config.Positions, config.ContextLength, config.FirstPosition, config.Types, config.NormEpsilon));
        Assert.Contains(config.Tensors, tensor => tensor.Name == "lm_head.layer_norm.weight");

        // 124,697,433: the published size.
        Assert.Equal(124_697_433, config.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, length) => product * length)));
    }

    [Fact]
    public void Read_DistilBert_HasItsOwnKeysAndNames()
    {
        var config = Assert.IsType<BertConfig>(Read(DistilSst2));
        Assert.Equal((768, 3072, 6, 0, 1e-12f), (config.HiddenSize, config.IntermediateSize, config.Layers, config.Types, config.NormEpsilon));
        Assert.Equal(["NEGATIVE", "POSITIVE"], config.Labels);
        Assert.Equal("distilbert.transformer.layer.5.ffn.lin2.weight", config.WeightNameOf(new Core.Sites.Site(5, Core.Sites.SiteKind.MlpFc2)));

        // 66,955,010: the published size.
        Assert.Equal(66_955_010, config.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, length) => product * length)));
    }

    [Theory]
    [MemberData(nameof(EncoderSessionTests.Kinds), MemberType = typeof(EncoderSessionTests))]
    public void Write_ThenRead_IsTheSame(string type, EncoderHead head)
    {
        var config = TinyBert.Config(type, head) with { IsMultiLabel = head == EncoderHead.Sequence, Activation = MlpActivation.GeluTanh };
        var back = Assert.IsType<BertConfig>(Read(config.ToJson(TensorType.F16)));
        Assert.Equal(config.Labels, back.Labels);
        Assert.Equal(config with { Labels = [], EosIds = [] }, back with { Labels = [], EosIds = [] });
    }

    [Theory]
    [InlineData("""{"model_type": "bert", "hidden_act": "silu"}""", "expected gelu, gelu_new, relu, gelu_pytorch_tanh, gelu_python, found silu")]
    [InlineData("""{"model_type": "bert", "position_embedding_type": "relative_key"}""", "expected absolute, found relative_key")]
    [InlineData("""{"model_type": "bert", "is_decoder": true}""", "expected an encoder")]
    [InlineData("""{"model_type": "bert", "pruned_heads": {"0": [1]}}""", "pruned_heads")]
    [InlineData("""{"model_type": "bert", "hidden_size": 30, "num_attention_heads": 4}""", "expected a multiple of the 4 attention heads, found 30")]
    [InlineData("""{"model_type": "distilbert", "dim": 30, "n_heads": 4}""", "`dim`")]
    [InlineData("""{"model_type": "roberta", "max_position_embeddings": 2}""", "max_position_embeddings")]
    [InlineData("""{"model_type": "bert", "pad_token_id": 30522}""", "pad_token_id")]
    [InlineData("""{"model_type": "bert", "architectures": ["BertForMultipleChoice"]}""", "BertForSequenceClassification")]
    [InlineData("""{"model_type": "bert", "architectures": ["BertForTokenClassification"], "id2label": {"0": "a", "2": "b"}}""", "expected the keys 0 to 1, found 2")]
    [InlineData("""{"model_type": "bert", "architectures": ["BertForTokenClassification"], "id2label": {"0": 1}}""", "expected a string")]
    public void Read_Unsupported_SaysWhatIsExpected(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<PithException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static ModelConfig Read(string json) => ModelConfigJson.Read(Encoding.UTF8.GetBytes(json), "some/config.json");
}
