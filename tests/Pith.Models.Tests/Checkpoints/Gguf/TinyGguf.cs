using System.Runtime.InteropServices;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

/// <summary>A whole small model as a GGUF file, its bytes laid out by the tests.</summary>
internal static class TinyGguf
{
    private static readonly (string Hub, string Gguf)[] Parts =
    [
        ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"), ("model.layers.", "blk."), ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
    ];

    /// <summary>A shape whose rows are whole blocks of every type.</summary>
    public static LlamaConfig Config { get; } = TinyLlama.Config with { HiddenSize = 256, IntermediateSize = 256, Layers = 1, HeadSize = 64, Heads = 4, KvHeads = 2, IsHeadTied = false };

    /// <summary>The metadata of a shape, without a tokenizer.</summary>
    public static GgufBytes Metadata(LlamaConfig config, GgufBytes? file = null, string? architecture = null)
    {
        var name = architecture ?? config.ModelType;
        return (file ?? new GgufBytes())
            .Pair("general.architecture", name)
            .Pair($"{name}.context_length", (uint)config.ContextLength)
            .Pair($"{name}.embedding_length", (uint)config.HiddenSize)
            .Pair($"{name}.block_count", (uint)config.Layers)
            .Pair($"{name}.feed_forward_length", (uint)config.IntermediateSize)
            .Pair($"{name}.attention.head_count", (uint)config.Heads)
            .Pair($"{name}.attention.head_count_kv", (uint)config.KvHeads)
            .Pair($"{name}.attention.key_length", (uint)config.HeadSize)
            .Pair($"{name}.attention.value_length", (uint)config.HeadSize)
            .Pair($"{name}.attention.layer_norm_rms_epsilon", config.NormEpsilon)
            .Pair($"{name}.rope.freq_base", (float)config.RopeTheta)
            .Pair("tokenizer.ggml.bos_token_id", (uint)config.BosId!)
            .Pair("tokenizer.ggml.eos_token_id", (uint)config.EosIds[0]);
    }

    /// <summary>A model whose matrices are of one type.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="weights">The numbers, by hub name.</param>
    /// <param name="type">The number of the type.</param>
    /// <param name="encode">The bytes of one row in that type.</param>
    /// <param name="file">A file with its metadata; those of the shape when null.</param>
    public static GgufBytes Model(LlamaConfig config, MemoryTensorSource weights, uint type = 0, Func<float[], byte[]>? encode = null, GgufBytes? file = null)
    {
        file ??= Metadata(config);
        foreach (var (name, entry) in weights.Tensors)
        {
            var numbers = Turned(config, name, weights.Numbers(name), entry.Columns, entry.Shape.Count);
            var isMatrix = entry.Shape.Count == 2;
            var bytes = isMatrix && encode is not null
                ? [.. numbers.Chunk(entry.Columns).SelectMany(encode)]
                : MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
            file.Tensor(Name(name), isMatrix ? type : 0, bytes, [.. entry.Shape.Reverse().Select(length => (ulong)length)]);
        }

        return file;
    }

    /// <summary>A row in a number format, as a file has it.</summary>
    public static byte[] Encode(string format, float[] row)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(format));
        var bytes = new byte[codec.CodeBytes(row.Length)];
        codec.Encode(row, bytes, []);
        return bytes;
    }

    private static string Name(string hub) => Parts.Aggregate(hub, (name, part) => name.Replace(part.Hub, part.Gguf, StringComparison.Ordinal));

    // The converter's own words: reshape(heads, 2, head / 2, columns).swapaxes(1, 2), for queries and keys of llama.
    private static float[] Turned(LlamaConfig config, string name, float[] numbers, int columns, int axes)
    {
        var isRotary = name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal);
        if (config.ModelType != "llama" || !isRotary)
            return numbers;
        var width = axes == 1 ? 1 : columns;
        var half = config.HeadSize / 2;
        var turned = new float[numbers.Length];
        var to = 0;
        for (var head = 0; head < numbers.Length / width / config.HeadSize; head++)
        {
            for (var i = 0; i < half; i++)
            {
                for (var part = 0; part < 2; part++)
                {
                    var from = (head * config.HeadSize) + (part * half) + i;
                    numbers.AsSpan(from * width, width).CopyTo(turned.AsSpan(to++ * width));
                }
            }
        }

        return turned;
    }
}
