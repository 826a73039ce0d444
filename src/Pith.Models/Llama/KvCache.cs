using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Kernels.Ops;
using Pith.Models.Blocks;

namespace Pith.Models.Llama;

/// <summary>Keys and values of the tokens seen so far: for each layer and kv head one row a token, packed in the plan's formats.</summary>
internal sealed class KvCache
{
    private const int SmallestGrowth = 64;

    private readonly int kvHeads;
    private readonly int capacity;
    private readonly HeadRows[] keys;
    private readonly HeadRows[] values;
    private int room;

    /// <summary>An empty cache.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of keys and values, layer by layer.</param>
    /// <param name="capacity">Most tokens.</param>
    /// <param name="sharesRows">Whether layers of the same format take turns with the same rows, where nothing is appended later.</param>
    public KvCache(ModelConfig config, Plan plan, int capacity, bool sharesRows = false)
    {
        kvHeads = config.KvHeads;
        this.capacity = capacity;
        keys = Empty(SiteKind.AttnQk);
        values = Empty(SiteKind.AttnAv);

        HeadRows[] Empty(SiteKind kind)
        {
            var codecs = Enumerable.Range(0, config.Layers).Select(layer => CodecOf(plan, layer, kind)).ToList();
            var rows = new HeadRows[config.Layers * kvHeads];
            for (var i = 0; i < rows.Length; i++)
            {
                var (layer, head) = Math.DivRem(i, kvHeads);
                var owner = sharesRows ? codecs.IndexOf(codecs[layer]) : layer;
                rows[i] = owner < layer ? rows[(owner * kvHeads) + head] : new HeadRows(config.HeadSize, codecs[layer]);
            }

            return rows;
        }
    }

    /// <summary>Makes room for <paramref name="tokens"/> tokens.</summary>
    public void Reserve(int tokens)
    {
        if (tokens <= room)
            return;
        room = (int)Math.Min(capacity, Math.Max(tokens, Math.Max(SmallestGrowth, 2L * room)));
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i].Reserve(room);
            values[i].Reserve(room);
        }
    }

    /// <summary>The keys of a layer, one for each kv head.</summary>
    public ReadOnlyMemory<HeadRows> Keys(int layer) => keys.AsMemory(layer * kvHeads, kvHeads);

    /// <summary>The values of a layer, one for each kv head.</summary>
    public ReadOnlyMemory<HeadRows> Values(int layer) => values.AsMemory(layer * kvHeads, kvHeads);

    /// <summary>Bytes of a token's keys and values in a plan's formats.</summary>
    public static long BytesPerToken(ModelConfig config, Plan plan)
    {
        return Enumerable.Range(0, config.Layers).Sum(layer => config.KvHeads * (Row(layer, SiteKind.AttnQk) + Row(layer, SiteKind.AttnAv)));

        long Row(int layer, SiteKind kind) => HeadRows.RowBytes(config.HeadSize, CodecOf(plan, layer, kind));
    }

    private static FormatCodec? CodecOf(Plan plan, int layer, SiteKind kind) => WeightRounding.CodecOf(plan[new Site(layer, kind)].Weights);
}
