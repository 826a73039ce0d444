using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Models.Llama;

/// <summary>Keys and values of the tokens seen so far: for each layer and kv head one row a token, rounded to the plan's formats.</summary>
internal sealed class KvCache
{
    private const int SmallestGrowth = 64;

    private readonly LlamaModel model;
    private readonly int capacity;
    private readonly int stride;
    private readonly float[][] keys;
    private readonly float[][] values;
    private int room;

    public KvCache(LlamaModel model, int capacity, int stride)
    {
        this.model = model;
        this.capacity = capacity;
        this.stride = stride;
        keys = Empty();
        values = Empty();

        float[][] Empty() => [.. Enumerable.Repeat(Array.Empty<float>(), model.Config.Layers * model.Config.KvHeads)];
    }

    /// <summary>Makes room for <paramref name="tokens"/> tokens.</summary>
    public void Reserve(int tokens)
    {
        if (tokens <= room)
            return;
        room = (int)Math.Min(capacity, Math.Max(tokens, Math.Max(SmallestGrowth, 2L * room)));
        for (var i = 0; i < keys.Length; i++)
        {
            Array.Resize(ref keys[i], room * stride);
            Array.Resize(ref values[i], room * stride);
        }
    }

    /// <summary>The keys of a layer, one array [room, stride] a kv head.</summary>
    public ReadOnlyMemory<float[]> Keys(int layer) => keys.AsMemory(layer * model.Config.KvHeads, model.Config.KvHeads);

    /// <summary>The values of a layer, one array [room, stride] a kv head.</summary>
    public ReadOnlyMemory<float[]> Values(int layer) => values.AsMemory(layer * model.Config.KvHeads, model.Config.KvHeads);

    /// <summary>Bits of a token's keys and values in the plan's formats.</summary>
    public long BitsPerToken => Enumerable.Range(0, model.Config.Layers).Sum(layer =>
        model.Config.KvHeads * (Row(SiteKind.AttnQk, layer) + Row(SiteKind.AttnAv, layer)));

    private long Row(SiteKind kind, int layer) =>
        (model.Plan[new Site(layer, kind)].Weights ?? NumberFormat.Float32).RowBits(model.Config.HeadSize);
}
