using System.Globalization;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The names of tensors in GGUF files and on the hub, for the Llama family.</summary>
/// <remarks>Source: gguf-py/gguf/constants.py of github ggml-org/llama.cpp. Thread-safe.</remarks>
internal static class GgufNames
{
    /// <summary>Llama 3.1's divisors of the rotary frequencies, which the hub has as numbers in its configuration.</summary>
    public const string RopeFactors = "rope_freqs.weight";

    private const string BlockPrefix = "blk.";
    private const string LayerPrefix = "model.layers.";

    private static readonly (string Gguf, string Hub)[] Whole =
    [
        ("token_embd.weight", "model.embed_tokens.weight"), ("output_norm.weight", "model.norm.weight"), ("output.weight", "lm_head.weight"),
    ];

    private static readonly (string Gguf, string Hub)[] Parts =
    [
        ("attn_norm", "input_layernorm"), ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"),
        ("attn_output", "self_attn.o_proj"), ("ffn_norm", "post_attention_layernorm"), ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
    ];

    /// <summary>The hub name of a tensor; its own where the hub has none.</summary>
    public static string ToHub(string name)
    {
        var whole = Array.Find(Whole, row => row.Gguf == name);
        if (whole.Hub is not null)
            return whole.Hub;
        return name.StartsWith(BlockPrefix, StringComparison.Ordinal) && Translate(name[BlockPrefix.Length..], row => (row.Gguf, row.Hub)) is { } rest
            ? LayerPrefix + rest
            : name;
    }

    /// <summary>The name in GGUF files of a tensor of the hub; null where there is none.</summary>
    public static string? FromHub(string name)
    {
        var whole = Array.Find(Whole, row => row.Hub == name);
        if (whole.Gguf is not null)
            return whole.Gguf;
        return name.StartsWith(LayerPrefix, StringComparison.Ordinal) && Translate(name[LayerPrefix.Length..], row => (row.Hub, row.Gguf)) is { } rest
            ? BlockPrefix + rest
            : null;
    }

    /// <summary>Whether the architecture llama has the rows of a tensor of the hub in the order of rotary pairs: queries and keys.</summary>
    public static bool IsRotary(string hubName) =>
        hubName.Contains(".self_attn.q_proj.", StringComparison.Ordinal) || hubName.Contains(".self_attn.k_proj.", StringComparison.Ordinal);

    // <layer>.<part>.<weight or bias>
    private static string? Translate(string name, Func<(string Gguf, string Hub), (string From, string To)> direction)
    {
        var first = name.IndexOf('.', StringComparison.Ordinal);
        var last = name.LastIndexOf('.');
        if (first <= 0 || last <= first || name[(last + 1)..] is not ("weight" or "bias"))
            return null;
        if (!int.TryParse(name.AsSpan(0, first), NumberStyles.None, CultureInfo.InvariantCulture, out var layer))
            return null;
        var part = name[(first + 1)..last];
        var found = Parts.Select(direction).FirstOrDefault(row => row.From == part);
        return found.To is null ? null : string.Create(CultureInfo.InvariantCulture, $"{layer}.{found.To}{name[last..]}");
    }
}
