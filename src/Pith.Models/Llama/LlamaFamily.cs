namespace Pith.Models.Llama;

/// <summary>A member of the Llama family and the values its configuration has where a file is silent.</summary>
/// <remarks>Source: the configuration classes of github huggingface/transformers (LlamaConfig, MistralConfig, Qwen2Config).</remarks>
/// <param name="ModelType">The <c>model_type</c>.</param>
/// <param name="Architecture">The entry of <c>architectures</c>.</param>
/// <param name="IntermediateSize">Default width of the MLP.</param>
/// <param name="KvHeads">Default key and value heads; null for as many as query heads.</param>
/// <param name="VocabularySize">Default number of tokens.</param>
/// <param name="ContextLength">Default longest text.</param>
/// <param name="BosId">Default beginning of text.</param>
/// <param name="EosId">Default end of text.</param>
internal sealed record LlamaFamily(
    string ModelType,
    string Architecture,
    int IntermediateSize,
    int? KvHeads,
    int VocabularySize,
    int ContextLength,
    int? BosId,
    int? EosId)
{
    /// <summary>Default width of the residual stream, for all.</summary>
    public const int HiddenSize = 4096;

    /// <summary>Default number of blocks, for all.</summary>
    public const int Layers = 32;

    /// <summary>Default number of query heads, for all.</summary>
    public const int Heads = 32;

    /// <summary>Default epsilon of the norms, for all.</summary>
    public const float NormEpsilon = 1e-6f;

    /// <summary>Default base of the rotary frequencies, for all.</summary>
    public const double RopeTheta = 10000;

    /// <summary>The type of models with <see cref="LlamaConfig.IsBitLinear"/>. Stock loaders do not know it, and so refuse a
    /// model which they would compute wrongly.</summary>
    public const string BitLlama = "bitllama";

    /// <summary>Every member.</summary>
    public static readonly IReadOnlyList<LlamaFamily> All =
    [
        new("llama", "LlamaForCausalLM", 11008, null, 32000, 2048, 1, 2),
        new("mistral", "MistralForCausalLM", 14336, 8, 32000, 131072, 1, 2),
        new("qwen2", "Qwen2ForCausalLM", 22016, 32, 151936, 32768, null, null),
        new(BitLlama, "BitLlamaForCausalLM", 11008, null, 32000, 2048, 1, 2),
    ];

    /// <summary>The names for messages.</summary>
    public static string KnownNames => string.Join(", ", All.Select(family => family.ModelType));
}
