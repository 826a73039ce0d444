namespace Pith.Models.Tests.Checkpoints.Llama2c;

/// <summary>Writes small llama2.c files the way export.py does, and knows what a hub checkpoint of the same model holds.</summary>
internal sealed class TinyLlama2c(int version, bool isTied, int seed)
{
    public const int Width = 8, Mlp = 12, Layers = 2, Heads = 2, KvHeads = 1, Vocabulary = 10, Context = 6, HeadSize = 4, Group = 4;

    private readonly Random random = new(seed);
    private readonly List<byte> file = [];
    private readonly List<byte[]> lateScales = [];

    /// <summary>What reading the file must give, by hub name.</summary>
    public Dictionary<string, float[]> Hub { get; } = new(StringComparer.Ordinal);

    public bool HasScalesLast { get; init; }

    public byte[] Write()
    {
        if (version > 0)
        {
            Integer(0x616B3432);
            Integer(version);
        }

        foreach (var value in new[] { Width, Mlp, Layers, Heads, KvHeads, version == 0 && !isTied ? -Vocabulary : Vocabulary, Context })
            Integer(value);
        if (version > 0)
        {
            file.Add((byte)(isTied ? 1 : 0));
            if (version == 2)
                Integer(Group);
            file.AddRange(new byte[256 - file.Count]);
        }

        if (version == 0)
        {
            Floats("model.embed_tokens.weight", Vocabulary * Width);
            Norms("input_layernorm");
            Matrices(Attention);
            Norms("post_attention_layernorm");
            Matrices(Feed);
            Floats("model.norm.weight", Width);
            file.AddRange(new byte[2 * Context * HeadSize / 2 * 4]);
        }
        else
        {
            Norms("input_layernorm");
            Norms("post_attention_layernorm");
            Floats("model.norm.weight", Width);
            Matrix("model.embed_tokens.weight", Vocabulary, Width, 0);
            Matrices([.. Attention, .. Feed]);
        }

        if (!isTied)
            Matrix("lm_head.weight", Vocabulary, Width, 0);
        foreach (var scales in lateScales)
            file.AddRange(scales);
        return [.. file];
    }

    private void Integer(int value) => file.AddRange(BitConverter.GetBytes(value));

    private static readonly (string Name, int Rows, int Columns, int Heads)[] Attention =
    [
        ("self_attn.q_proj", Width, Width, Heads), ("self_attn.k_proj", KvHeads * HeadSize, Width, KvHeads),
        ("self_attn.v_proj", KvHeads * HeadSize, Width, 0), ("self_attn.o_proj", Width, Width, 0),
    ];

    private static readonly (string Name, int Rows, int Columns, int Heads)[] Feed =
        [("mlp.gate_proj", Mlp, Width, 0), ("mlp.down_proj", Width, Mlp, 0), ("mlp.up_proj", Mlp, Width, 0)];

    private void Norms(string name)
    {
        for (var layer = 0; layer < Layers; layer++)
            Floats($"model.layers.{layer}.{name}.weight", Width);
    }

    private void Matrices((string Name, int Rows, int Columns, int Heads)[] kinds)
    {
        foreach (var (name, rows, columns, heads) in kinds)
        {
            for (var layer = 0; layer < Layers; layer++)
                Matrix($"model.layers.{layer}.{name}.weight", rows, columns, heads);
        }
    }

    private void Matrix(string name, int rows, int columns, int heads)
    {
        var values = version == 2 ? Quantized(rows * columns) : Floats(name, rows * columns);
        Hub[name] = heads == 0 ? values : Permute(values, columns, heads);
    }

    private float[] Floats(string name, int count)
    {
        var values = Enumerable.Range(0, count).Select(_ => (float)random.NextDouble()).ToArray();
        foreach (var value in values)
            file.AddRange(BitConverter.GetBytes(value));
        return Hub[name] = values;
    }

    private float[] Quantized(int count)
    {
        var codes = Enumerable.Range(0, count).Select(_ => random.Next(-127, 128)).ToArray();
        var scales = Enumerable.Range(0, count / Group).Select(_ => (float)random.NextDouble()).ToArray();
        file.AddRange(codes.Select(code => (byte)(code & 255)).ToArray());
        var bytes = scales.SelectMany(BitConverter.GetBytes).ToArray();
        if (HasScalesLast)
            lateScales.Add(bytes);
        else
            file.AddRange(bytes);
        return codes.Select((code, index) => code * scales[index / Group]).ToArray();
    }

    // view(heads, head/2, 2, columns).transpose(1, 2): what the hub's conversion script does to the rows.
    private static float[] Permute(float[] values, int columns, int heads)
    {
        var result = new List<float>();
        for (var head = 0; head < heads; head++)
        {
            for (var half = 0; half < 2; half++)
            {
                for (var pair = 0; pair < HeadSize / 2; pair++)
                    result.AddRange(values.Skip(((head * HeadSize) + (pair * 2) + half) * columns).Take(columns));
            }
        }

        return [.. result];
    }
}
