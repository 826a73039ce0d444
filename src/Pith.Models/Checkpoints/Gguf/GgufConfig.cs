using Pith.Core.Diagnostics;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The shape of a model of the Llama family as GGUF metadata say it.</summary>
/// <remarks>Architectures: llama (Mistral is written so too) and qwen2. Source: gguf-py/gguf/constants.py and
/// src/llama-model.cpp of github ggml-org/llama.cpp. Thread-safe.</remarks>
internal static class GgufConfig
{
    private const int LargestWidth = 1 << 20;
    private const int MostLayers = 4096;
    private const int MostHeads = 1 << 14;
    private const int LargestHead = 4096;
    private const int LargestVocabulary = 1 << 24;
    private const int LongestContext = 1 << 27;

    private static readonly string[] Architectures = ["llama", "qwen2"];
    private static readonly string[] EndTokens = ["eos", "eot"];

    /// <summary>Reads the shape.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="ropeFactors">Llama 3.1's divisors of the rotary frequencies, one a pair; null where the file has none.</param>
    /// <exception cref="PithException">A key is missing or wrong, or the model is of another family.</exception>
    public static LlamaConfig Read(GgufHeader header, float[]? ropeFactors)
    {
        var metadata = header.Metadata;
        var architecture = metadata.Text("general.architecture")
            ?? throw new PithException(ModelsErrors.BadGgufMetadata, $"{metadata.Path}: expected the key `general.architecture`, found none");
        if (!Architectures.Contains(architecture, StringComparer.Ordinal))
            throw new PithException(ModelsErrors.UnknownArchitecture, $"{metadata.Path}: expected one of the architectures {string.Join(", ", Architectures)}, {GgufBert.Architecture}, found {Names.Show(architecture)}");
        if (header.Tensors.Count == 0)
            throw new PithException(ModelsErrors.NotAModel, $"{metadata.Path}: expected a model, found a GGUF file without tensors, a vocabulary alone");
        var shapes = header.Tensors.ToDictionary(tensor => GgufNames.ToHub(tensor.Name), tensor => tensor.Shape, StringComparer.Ordinal);
        if (metadata.Integer(Key("expert_count"), 0, 0, int.MaxValue) > 1)
            throw Unsupported("expert_count", "one MLP a block", "a mixture of experts");

        var hidden = metadata.Integer(Key("embedding_length"), null, 1, LargestWidth);
        var heads = metadata.Integer(Key("attention.head_count"), null, 1, MostHeads);
        var kvHeads = metadata.Integer(Key("attention.head_count_kv"), heads, 1, MostHeads);
        if (heads % kvHeads != 0)
            throw metadata.Wrong(Key("attention.head_count_kv"), $"a divisor of the {heads} attention heads", $"{kvHeads}");
        if (!metadata.Has(Key("attention.key_length")) && hidden % heads != 0)
            throw metadata.Wrong(Key("embedding_length"), $"a multiple of the {heads} attention heads", $"{hidden}");
        var headSize = metadata.Integer(Key("attention.key_length"), Math.Max(hidden / heads, 1), 1, LargestHead);
        if (headSize % 2 != 0)
            throw Unsupported("attention.key_length", "heads of even width", $"{headSize}");
        foreach (var (name, what) in new[] { ("attention.value_length", "values as wide as keys"), ("rope.dimension_count", "rotary positions over the whole head") })
        {
            if (metadata.Integer(Key(name), headSize, 1, LargestWidth) is var width && width != headSize)
                throw Unsupported(name, $"{what}, {headSize}", $"{width}");
        }

        var context = metadata.Integer(Key("context_length"), null, 1, LongestContext);
        var vocabulary = Vocabulary(shapes, metadata, Key("vocab_size"));
        var (hasQkvBias, hasOutputBias) = (shapes.ContainsKey(Layer("self_attn.q_proj.bias")), shapes.ContainsKey(Layer("self_attn.o_proj.bias")));
        if (architecture == "llama" && hasQkvBias != hasOutputBias)
            throw new PithException(ModelsErrors.UnsupportedFeature, $"{metadata.Path}: expected biases on all projections of attention or on none, found them on some");
        return new LlamaConfig
        {
            ModelType = architecture,
            HiddenSize = hidden,
            IntermediateSize = metadata.Integer(Key("feed_forward_length"), null, 1, LargestWidth),
            Layers = metadata.Integer(Key("block_count"), null, 1, MostLayers),
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = headSize,
            VocabularySize = vocabulary,
            ContextLength = context,
            NormEpsilon = (float)metadata.Number(Key("attention.layer_norm_rms_epsilon"), null, 0, 1),
            RopeTheta = metadata.Number(Key("rope.freq_base"), LlamaFamily.RopeTheta, 1, 1e15),
            RopeScaling = GgufRope.Read(metadata, architecture, context, headSize, ropeFactors),
            IsHeadTied = !shapes.ContainsKey(LlamaTensors.Head),
            HasQkvBias = hasQkvBias,
            HasOutputBias = hasOutputBias,
            HasMlpBias = shapes.ContainsKey(Layer("mlp.gate_proj.bias")),
            BosId = metadata.IntegerOrNull("tokenizer.ggml.bos_token_id", 0, vocabulary - 1),
            EosIds = [.. EndTokens.Select(name => metadata.IntegerOrNull($"tokenizer.ggml.{name}_token_id", 0, vocabulary - 1)).OfType<int>().Distinct()],
        };

        string Key(string name) => $"{architecture}.{name}";

        string Layer(string name) => $"model.layers.0.{name}";

        PithException Unsupported(string name, string expected, string found) =>
            new(ModelsErrors.UnsupportedFeature, $"{metadata.Path}: `{Key(name)}`: expected {expected}, found {found}");
    }

    private static int Vocabulary(Dictionary<string, IReadOnlyList<long>> shapes, GgufMetadata metadata, string key)
    {
        if (shapes.GetValueOrDefault(LlamaTensors.Embedding) is { Count: 2 } shape && shape[0] <= LargestVocabulary)
            return (int)shape[0];
        return metadata.Integer(key, null, 1, LargestVocabulary);
    }
}
