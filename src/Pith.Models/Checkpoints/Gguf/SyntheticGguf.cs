using System.Globalization;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Measure;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Writes a Llama model of random Q4_0 weights: what other programs are measured with beside ours.</summary>
public static class SyntheticGguf
{
    private const int ContextLength = 2048;
    private const int HeadWidth = 64;
    private const int Bytes = 256;

    // Rows are made once and repeated: nobody looks at the numbers.
    private const int DistinctRows = 64;
    private const float Deviation = 0.02f;

    private static readonly string[] FirstTokens = ["<unk>", "<s>", "</s>"];

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; it must know its position.</param>
    /// <param name="shape">The matrices; widths are multiples of 64, the width of a head.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="cancellation">Stops between tensors.</param>
    public static void Write(Stream stream, ModelShape shape, int seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(shape);
        var matrix = GgmlType.All.First(type => type.Name == "Q4_0");
        var plain = GgmlType.All.First(type => type.Name == "F32");
        var tensors = new List<(string Name, GgmlType Type, IReadOnlyList<long> Shape)> { ("token_embd.weight", matrix, [shape.Vocabulary, shape.Hidden]) };
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            string[] names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
            tensors.AddRange(names.Zip(shape.BlockMatrices, (name, size) => (NameOf(layer, name), matrix, (IReadOnlyList<long>)[size.Outputs, size.Inputs])));
            tensors.Add((NameOf(layer, "attn_norm"), plain, [shape.Hidden]));
            tensors.Add((NameOf(layer, "ffn_norm"), plain, [shape.Hidden]));
        }

        tensors.Add(("output_norm.weight", plain, [shape.Hidden]));
        tensors.Add(("output.weight", matrix, [shape.Vocabulary, shape.Hidden]));
        var writer = new GgufWriter(stream, PairsOf(shape), tensors);
        var random = new Random(seed);
        foreach (var (name, type, size) in tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Begin(name);
            if (type == plain)
                writer.Write(PackedMatrix.Pack(NumberFormat.Float32, Enumerable.Repeat(1f, (int)size[0]).ToArray(), (int)size[0]).Codes.Span);
            else
                WriteRows(writer, type.Format!, (int)size[0], (int)size[1], random);
        }

        writer.Finish();
    }

    private static void WriteRows(GgufWriter writer, NumberFormat format, int rows, int columns, Random random)
    {
        var values = new float[DistinctRows * columns];
        foreach (ref var value in values.AsSpan())
            value = Deviation * ((random.NextSingle() * 2) - 1);
        var codes = PackedMatrix.Pack(format, values, columns).Codes;
        var rowBytes = codes.Length / DistinctRows;
        for (var row = 0; row < rows; row += DistinctRows)
            writer.Write(codes.Span[..(Math.Min(DistinctRows, rows - row) * rowBytes)]);
    }

    private static string NameOf(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.{name}.weight");

    private static GgufPairs PairsOf(ModelShape shape)
    {
        var pairs = new GgufPairs();
        pairs.Add("general.architecture", "llama");
        pairs.Add("general.name", shape.Name);
        pairs.AddInteger("llama.context_length", ContextLength);
        pairs.AddInteger("llama.embedding_length", shape.Hidden);
        pairs.AddInteger("llama.block_count", shape.Layers);
        pairs.AddInteger("llama.feed_forward_length", shape.Intermediate);
        pairs.AddInteger("llama.attention.head_count", shape.Hidden / HeadWidth);
        pairs.AddInteger("llama.attention.head_count_kv", shape.KvSize / HeadWidth);
        pairs.AddInteger("llama.rope.dimension_count", HeadWidth);
        pairs.AddInteger("llama.vocab_size", shape.Vocabulary);
        pairs.AddNumber("llama.attention.layer_norm_rms_epsilon", 1e-5);
        pairs.AddNumber("llama.rope.freq_base", 10_000);
        pairs.Add("tokenizer.ggml.model", "llama");
        var tokens = Enumerable.Range(0, shape.Vocabulary).Select(TokenOf).ToList();
        pairs.Add("tokenizer.ggml.tokens", tokens);
        pairs.Add("tokenizer.ggml.scores", [.. tokens.Select((_, id) => -(float)id)]);
        pairs.Add("tokenizer.ggml.token_type", Enumerable.Range(0, shape.Vocabulary).Select(id => (int)TypeOf(id)));
        return pairs;
    }

    private static string TokenOf(int id) => id < FirstTokens.Length
        ? FirstTokens[id]
        : id < FirstTokens.Length + Bytes
            ? string.Create(CultureInfo.InvariantCulture, $"<0x{id - FirstTokens.Length:X2}>")
            : string.Create(CultureInfo.InvariantCulture, $"t{id}");

    private static GgufTokenType TypeOf(int id) => id switch
    {
        0 => GgufTokenType.Unknown,
        1 or 2 => GgufTokenType.Control,
        < Bytes + 3 => GgufTokenType.Byte,
        _ => GgufTokenType.Normal,
    };
}
