using System.Globalization;
using Pith.Models.Bert;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Shape and names of an encoder in a GGUF file: the architecture bert, which RoBERTa is written as too.</summary>
/// <remarks>Such files have neither head nor pooler, and RoBERTa's table of positions without the rows of padding. The function of the MLP is
/// not said; it is the form of GELU with erf, as in the published models. Source: gguf-py/gguf/constants.py and tensor_mapping.py of
/// github ggml-org/llama.cpp. Thread-safe.</remarks>
internal static class GgufBert
{
    /// <summary>The architecture's name.</summary>
    public const string Architecture = "bert";

    private const string BlockPrefix = "blk.";

    private static readonly (string Gguf, string Hub)[] s_whole =
    [
        ("token_embd", "embeddings.word_embeddings"), ("position_embd", "embeddings.position_embeddings"),
        ("token_types", "embeddings.token_type_embeddings"), ("token_embd_norm", BertTensors.EmbeddingNorm),
    ];

    private static readonly (string Gguf, string Hub)[] s_parts =
    [
        ("attn_q", "attention.self.query"), ("attn_k", "attention.self.key"), ("attn_v", "attention.self.value"), ("attn_output", "attention.output.dense"),
        ("attn_output_norm", "attention.output.LayerNorm"), ("ffn_up", "intermediate.dense"), ("ffn_down", "output.dense"), ("layer_output_norm", "output.LayerNorm"),
    ];

    /// <summary>The hub name of a tensor; its own where the hub has none.</summary>
    public static string ToHub(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || name[(dot + 1)..] is not ("weight" or "bias"))
            return name;
        var (own, ending) = (name[..dot], name[dot..]);
        if (Array.Find(s_whole, row => row.Gguf == own).Hub is { } whole)
            return whole + ending;
        if (!own.StartsWith(BlockPrefix, StringComparison.Ordinal) || own.IndexOf('.', BlockPrefix.Length) is not (> 0 and var end))
            return name;
        return int.TryParse(own.AsSpan(BlockPrefix.Length, end - BlockPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            && Array.Find(s_parts, row => row.Gguf == own[(end + 1)..]).Hub is { } part
                ? string.Create(CultureInfo.InvariantCulture, $"encoder.layer.{layer}.{part}{ending}")
                : name;
    }

    /// <summary>Reads the shape.</summary>
    /// <exception cref="Core.Diagnostics.PithException">A key is missing or wrong, or the model looks one way.</exception>
    public static BertConfig ReadConfig(GgufHeader header)
    {
        var metadata = header.Metadata;
        if (metadata.Truth(Key("attention.causal")) ?? false)
            throw ConfigJson.Unsupported(metadata.Path, Key("attention.causal"), "an encoder", "true");
        var hidden = metadata.Integer(Key("embedding_length"), null, 1, ConfigJson.LargestWidth);
        var heads = metadata.Integer(Key("attention.head_count"), null, 1, ConfigJson.MostHeads);
        if (hidden % heads != 0)
            throw metadata.Wrong(Key("embedding_length"), $"a multiple of the {heads} attention heads", $"{hidden}");
        var context = metadata.Integer(Key("context_length"), null, 1, ConfigJson.MostPositions);
        return new BertConfig
        {
            ModelType = Architecture,
            HiddenSize = hidden,
            IntermediateSize = metadata.Integer(Key("feed_forward_length"), null, 1, ConfigJson.LargestWidth),
            Layers = metadata.Integer(Key("block_count"), null, 1, ConfigJson.MostLayers),
            Heads = heads,
            KvHeads = heads,
            HeadSize = hidden / heads,
            VocabularySize = Rows("token_embd.weight", ConfigJson.LargestVocabulary),
            Positions = Rows("position_embd.weight", ConfigJson.MostPositions),
            ContextLength = Math.Min(context, Rows("position_embd.weight", ConfigJson.MostPositions)),
            Types = Rows("token_types.weight", ConfigJson.LargestWidth),
            NormEpsilon = (float)metadata.Number(Key("attention.layer_norm_epsilon"), null, 0, 1),
        };

        // What is missing or too large is found when the tensors are held against the shape.
        int Rows(string name, int most) =>
            header.Tensors.FirstOrDefault(tensor => tensor.Name == name)?.Shape is [var rows, _] ? (int)Math.Min(rows, most) : 1;
    }

    private static string Key(string name) => $"{Architecture}.{name}";
}
