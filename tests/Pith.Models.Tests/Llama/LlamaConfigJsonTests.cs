using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.Models.Tests.Llama;

public sealed class LlamaConfigJsonTests
{
    // The published configurations of three models, shortened to the members that matter.
    private const string Llama32 = """
        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"bos_token_id":128000,"eos_token_id":[128001,128008,128009],
        "head_dim":64,"hidden_act":"silu","hidden_size":2048,"intermediate_size":8192,"max_position_embeddings":131072,"mlp_bias":false,
        "model_type":"llama","num_attention_heads":32,"num_hidden_layers":16,"num_key_value_heads":8,"rms_norm_eps":1e-05,
        "rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"},
        "rope_theta":500000.0,"tie_word_embeddings":true,"torch_dtype":"bfloat16","vocab_size":128256}
        """;

    private const string Mistral7 = """
        {"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"intermediate_size":14336,
        "max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,
        "rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,"tie_word_embeddings":false,"vocab_size":32000}
        """;

    private const string Qwen25 = """
        {"architectures":["Qwen2ForCausalLM"],"bos_token_id":151643,"eos_token_id":151645,"hidden_act":"silu","hidden_size":896,"intermediate_size":4864,
        "max_position_embeddings":32768,"max_window_layers":21,"model_type":"qwen2","num_attention_heads":14,"num_hidden_layers":24,"num_key_value_heads":2,
        "rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":true,"use_sliding_window":false,"vocab_size":151936}
        """;

    [Fact]
    public void Read_Llama_GivesItsShape()
    {
        var config = Read(Llama32);

        Assert.Equal(("llama", 2048, 8192, 16), (config.ModelType, config.HiddenSize, config.IntermediateSize, config.Layers));
        Assert.Equal((32, 8, 64, 128256, 131072), (config.Heads, config.KvHeads, config.HeadSize, config.VocabularySize, config.ContextLength));
        Assert.Equal((1e-5f, 500000.0), (config.NormEpsilon, config.RopeTheta));
        Assert.Equal(new RopeScaling(RopeScalingKind.Llama3, 32, 1, 4, 8192), config.RopeScaling);
        Assert.True(config.IsHeadTied);
        Assert.False(config.HasQkvBias || config.HasOutputBias || config.HasMlpBias || config.IsBitLinear);
        Assert.Equal(128000, config.BosId);
        Assert.Equal([128001, 128008, 128009], config.EosIds);
        Assert.Null(config.SlidingWindow);
    }

    [Fact]
    public void Read_Mistral_HasAWindow()
    {
        Assert.Equal(4096, Read(Mistral7).SlidingWindow);
        Assert.Null(Read(Mistral7.Replace("\"sliding_window\":4096", "\"sliding_window\":null", StringComparison.Ordinal)).SlidingWindow);
        Assert.Equal(128, Read(Mistral7).HeadSize);
    }

    [Fact]
    public void Read_Qwen2_HasBiasesOnQkvAlone()
    {
        var config = Read(Qwen25);
        Assert.True(config.HasQkvBias);
        Assert.False(config.HasOutputBias);
        Assert.Null(config.SlidingWindow);
    }

    [Theory]
    [InlineData("\"max_window_layers\":0", 32768)]
    [InlineData("\"max_window_layers\":24", null)]
    [InlineData("\"layer_types\":[\"full_attention\",\"full_attention\"]", null)]
    public void Read_Qwen2WithWindowSwitchedOn_AppliesItToLayersFromTheNamedOne(string member, int? window)
    {
        var json = JsonNode.Parse(Qwen25)!.AsObject();
        json["use_sliding_window"] = true;
        foreach (var (key, value) in JsonNode.Parse("{" + member + "}")!.AsObject())
            json[key] = value!.DeepClone();

        Assert.Equal(window, Read(json.ToJsonString()).SlidingWindow);
    }

    // Defaults of the stock configuration classes.
    [Fact]
    public void Read_TypeAlone_HasTheStockDefaults()
    {
        var llama = Read("""{"model_type":"llama"}""");
        Assert.Equal((4096, 11008, 32, 32, 32, 128), (llama.HiddenSize, llama.IntermediateSize, llama.Layers, llama.Heads, llama.KvHeads, llama.HeadSize));
        Assert.Equal((32000, 2048, 1e-6f, 10000.0, false), (llama.VocabularySize, llama.ContextLength, llama.NormEpsilon, llama.RopeTheta, llama.IsHeadTied));
        Assert.Equal(1, llama.BosId);
        Assert.Equal([2], llama.EosIds);
        var mistral = Read("""{"model_type":"mistral"}""");
        Assert.Equal((14336, 8, 131072, 4096), (mistral.IntermediateSize, mistral.KvHeads, mistral.ContextLength, mistral.SlidingWindow));
        var qwen = Read("""{"model_type":"qwen2"}""");
        Assert.Equal((22016, 151936, 32768), (qwen.IntermediateSize, qwen.VocabularySize, qwen.ContextLength));
        Assert.Null(qwen.BosId);
        Assert.Empty(qwen.EosIds);
        Assert.Equal(16, Read("""{"model_type":"mistral","num_attention_heads":16,"num_key_value_heads":null}""").KvHeads);
        Assert.Null(Read("""{"model_type":"llama","bos_token_id":null}""").BosId);
        Assert.Empty(Read("""{"model_type":"llama","eos_token_id":32000}""").EosIds);
    }

    [Theory]
    [InlineData("""{"type":"linear","factor":4}""", RopeScalingKind.Linear, 4)]
    [InlineData("""{"rope_type":"dynamic","factor":2.5}""", RopeScalingKind.Dynamic, 2.5)]
    [InlineData("""{"rope_type":"default"}""", RopeScalingKind.None, 1)]
    [InlineData("null", RopeScalingKind.None, 1)]
    [InlineData("""{"type":"yarn","factor":4,"original_max_position_embeddings":512}""", RopeScalingKind.Yarn, 4)]
    public void Read_RopeScalingInEitherSpelling_IsUnderstood(string scaling, RopeScalingKind kind, double factor)
    {
        var old = Read($$"""{"model_type":"llama","rope_scaling":{{scaling}},"rope_theta":5000}""");
        var fresh = Read($$"""{"model_type":"llama","rope_parameters":{{scaling}},"rope_theta":5000}""");

        Assert.Equal((kind, factor, 5000), (old.RopeScaling.Kind, old.RopeScaling.Factor, old.RopeTheta));
        Assert.Equal(old.RopeScaling, fresh.RopeScaling);
    }

    [Fact]
    public void Read_RopeParameters_CarryTheBase()
    {
        var config = Read("""{"model_type":"llama","rope_parameters":{"rope_type":"yarn","rope_theta":70000,"factor":8,"beta_fast":16,"beta_slow":2,"attention_factor":1.5}}""");

        Assert.Equal(70000, config.RopeTheta);
        Assert.Equal(new RopeScaling(RopeScalingKind.Yarn, 8, OriginalContext: 2048, BetaFast: 16, BetaSlow: 2, AttentionFactor: 1.5), config.RopeScaling);
        // Two temperatures: (0.1 · 0.707 · ln 40 + 1) / (0.1 · 1 · ln 40 + 1) = 1.260804 / 1.368888 = 0.921042
        var two = Read("""{"model_type":"llama","rope_scaling":{"type":"yarn","factor":40,"mscale":0.707,"mscale_all_dim":1.0}}""");
        Assert.Equal(0.921042, two.RopeScaling.AttentionFactor!.Value, 1e-6);
    }

    [Theory]
    [InlineData("""{"model_type":"gpt2"}""", "PITH3021", "gpt2")]
    [InlineData("""{"architectures":["GPT2LMHeadModel"]}""", "PITH3021", "llama, mistral, qwen2")]
    [InlineData("{}", "PITH3021", "none")]
    [InlineData("""{"model_type":"llama","architectures":["LlamaForSequenceClassification"]}""", "PITH3021", "LlamaForCausalLM")]
    [InlineData("""{"model_type":"llama","quantization_config":{"quant_method":"gptq"}}""", "PITH3022", "gptq")]
    [InlineData("""{"model_type":"llama","hidden_act":"gelu"}""", "PITH3022", "gelu")]
    [InlineData("""{"model_type":"mistral","num_local_experts":8}""", "PITH3022", "mixture")]
    [InlineData("""{"model_type":"llama","partial_rotary_factor":0.5}""", "PITH3022", "partial_rotary_factor")]
    [InlineData("""{"model_type":"llama","rope_scaling":{"type":"longrope","factor":2}}""", "PITH3022", "linear, dynamic, llama3, yarn")]
    [InlineData("""{"model_type":"llama","rope_scaling":{"type":"yarn","factor":2,"truncate":false}}""", "PITH3022", "truncate")]
    [InlineData("""{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":16}""", "PITH3022", "16 of 32")]
    [InlineData("""{"model_type":"llama","rope_scaling":{"type":"linear"}}""", "PITH3020", "factor")]
    [InlineData("""{"model_type":"llama","rope_scaling":{"type":"linear","factor":0.5}}""", "PITH3020", "factor")]
    [InlineData("""{"model_type":"llama","rope_scaling":[1]}""", "PITH3020", "rope_scaling")]
    [InlineData("""{"model_type":"llama","rope_scaling":{"type":"llama3","factor":2,"low_freq_factor":4,"high_freq_factor":1}}""", "PITH3020", "high_freq_factor")]
    [InlineData("""{"model_type":"llama","hidden_size":-4096}""", "PITH3020", "hidden_size")]
    [InlineData("""{"model_type":"llama","hidden_size":0}""", "PITH3020", "hidden_size")]
    [InlineData("""{"model_type":"llama","hidden_size":1e99}""", "PITH3020", "hidden_size")]
    [InlineData("""{"model_type":"llama","hidden_size":"4096"}""", "PITH3020", "hidden_size")]
    [InlineData("""{"model_type":"llama","hidden_size":100,"num_attention_heads":3}""", "PITH3020", "multiple")]
    [InlineData("""{"model_type":"llama","head_dim":65}""", "PITH3020", "even")]
    [InlineData("""{"model_type":"llama","num_key_value_heads":5}""", "PITH3020", "divisor")]
    [InlineData("""{"model_type":"llama","num_hidden_layers":1000000000}""", "PITH3020", "num_hidden_layers")]
    [InlineData("""{"model_type":"llama","tie_word_embeddings":"yes"}""", "PITH3020", "true or false")]
    [InlineData("""{"model_type":"llama","eos_token_id":["x"]}""", "PITH3020", "eos_token_id")]
    [InlineData("""{"model_type":"llama","model_type":"llama"}""", "PITH3020", "JSON")]
    [InlineData("""{"model_type":"\ud800"}""", "PITH3020", "string")]
    [InlineData("""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""", "PITH3020", "JSON")]
    [InlineData("", "PITH3020", "JSON")]
    public void Read_WrongConfiguration_IsRefused(string json, string code, string said)
    {
        var exception = Assert.Throws<PithException>(() => Read(json));

        Assert.Equal(code, exception.Error.Code);
        Assert.StartsWith("some/config.json: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Llama32)]
    [InlineData(Mistral7)]
    [InlineData(Qwen25)]
    [InlineData("""{"model_type":"llama","attention_bias":true,"mlp_bias":true,"rope_scaling":{"type":"dynamic","factor":2}}""")]
    [InlineData("""{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":0,"sliding_window":77}""")]
    [InlineData("""{"model_type":"mistral","sliding_window":null,"rope_scaling":{"type":"yarn","factor":2,"attention_factor":1.25}}""")]
    [InlineData("""{"model_type":"bitllama","bos_token_id":null}""")]
    public void Write_ThenRead_GivesTheSameConfiguration(string json)
    {
        var config = Read(json);
        var back = Read(LlamaConfigJson.Write(config, TensorType.BF16));

        Assert.Equal(config.EosIds, back.EosIds);
        Assert.Equal(config with { EosIds = back.EosIds }, back);
    }

    [Fact]
    public void Write_NumbersOfTheConfiguration_ComeBackExactly() => Gen.Select(Gen.Float[1e-9f, 1e-2f], Gen.Double[2, 1e7], Gen.Double[1, 1e4]).Sample((epsilon, theta, factor) =>
    {
        var config = Read("""{"model_type":"llama"}""") with { NormEpsilon = epsilon, RopeTheta = theta, RopeScaling = new(RopeScalingKind.Linear, factor, OriginalContext: 7) };
        var back = Read(LlamaConfigJson.Write(config, TensorType.F32));
        Assert.Equal((epsilon, theta, factor), (back.NormEpsilon, back.RopeTheta, back.RopeScaling.Factor));
    });

    [Fact]
    public void Write_BiasesOnSomeProjectionsOfALlama_IsRefused() =>
        Assert.Throws<ArgumentException>(() => LlamaConfigJson.Write(Read("""{"model_type":"llama"}""") with { HasQkvBias = true }, TensorType.F32));

    // A damaged configuration is either read or refused with a code; nothing else comes out.
    [Fact]
    public void Read_DamagedConfiguration_NeverThrowsAnythingElse() => Gen.Select(Gen.OneOf(Llama32, Mistral7, Qwen25), Gen.Int[0, 2000], Gen.Byte, Gen.Int[0, 2000]).Sample((text, at, value, length) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes[at % bytes.Length] = value;
        try
        {
            LlamaConfigJson.Read(bytes.AsMemory(0, length < bytes.Length ? length : bytes.Length), "config.json");
        }
        catch (PithException)
        {
            // Refused with a code.
        }
    });

    private static LlamaConfig Read(string json) => LlamaConfigJson.Read(Encoding.UTF8.GetBytes(json), "some/config.json");
}
