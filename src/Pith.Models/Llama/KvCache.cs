using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Models.Llama;

/// <summary>Keys and values of the tokens seen so far: for each layer and kv head one row a token, rounded to the plan's formats.</summary>
internal sealed class KvCache
{
    private const int SmallestGrowth = 64;

    private readonly int layers;
    private readonly int kvHeads;
    private readonly int capacity;
    private readonly int stride;
    private readonly float[][] keys;
    private readonly float[][] values;
    private int room;

    /// <summary>An empty cache.</summary>
    /// <param name="layers">Layers whose rows are kept. One serves all layers in turn, where nothing is appended later.</param>
    /// <param name="kvHeads">Key and value heads of a layer.</param>
    /// <param name="capacity">Most tokens.</param>
    /// <param name="stride">Distance of a head's rows.</param>
    public KvCache(int layers, int kvHeads, int capacity, int stride)
    {
        this.layers = layers;
        this.kvHeads = kvHeads;
        this.capacity = capacity;
        this.stride = stride;
        keys = Empty();
        values = Empty();

        float[][] Empty() => [.. Enumerable.Repeat(Array.Empty<float>(), layers * kvHeads)];
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
    public ReadOnlyMemory<float[]> Keys(int layer) => keys.AsMemory(layer % layers * kvHeads, kvHeads);

    /// <summary>The values of a layer, one array [room, stride] a kv head.</summary>
    public ReadOnlyMemory<float[]> Values(int layer) => values.AsMemory(layer % layers * kvHeads, kvHeads);

    /// <summary>Bits of a token's keys and values in a plan's formats.</summary>
    public static long BitsPerToken(ModelConfig config, Plan plan)
    {
        return Enumerable.Range(0, config.Layers).Sum(layer => config.KvHeads * (Row(SiteKind.AttnQk, layer) + Row(SiteKind.AttnAv, layer)));

        long Row(SiteKind kind, int layer) => (plan[new Site(layer, kind)].Weights ?? NumberFormat.Float32).RowBits(config.HeadSize);
    }
}
