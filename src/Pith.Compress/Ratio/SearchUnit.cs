using System.Globalization;
using Pith.Core.Sites;
using Pith.Models;

namespace Pith.Compress.Ratio;

/// <summary>Sites which get one format together.</summary>
/// <param name="Name">A site, a layer (<c>layers.3</c>) or a group inside one (<c>layers.3.attn.qkv</c>).</param>
/// <param name="Shapes">Its sites, at least one.</param>
public sealed record SearchUnit(string Name, IReadOnlyList<SiteShape> Shapes)
{
    // Products that fused kernels compute at once.
    private static readonly (string Name, SiteKind[] Kinds)[] groups =
    [
        ("attn.qkv", [SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV]),
        ("mlp.gate_up", [SiteKind.MlpGate, SiteKind.MlpUp]),
    ];

    /// <summary>Parameters which it decides about; 0 for an attention product.</summary>
    public long Parameters => Shapes.Sum(shape => shape.Weights);

    /// <summary>The units of a model, in the order of computation.</summary>
    /// <param name="config">The model.</param>
    /// <param name="granularity">Assignment granularity.</param>
    /// <param name="areFused">Whether q, k, v share a format, and gate, up.</param>
    /// <param name="hasAttention">Whether the two attention products take part.</param>
    public static IReadOnlyList<SearchUnit> Of(ModelConfig config, Granularity granularity, bool areFused, bool hasAttention)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. config.Sites
            .Where(shape => hasAttention || shape.Site.HasWeight)
            .GroupBy(shape => NameOf(shape.Site, granularity, areFused), StringComparer.Ordinal)
            .Select(unit => new SearchUnit(unit.Key, [.. unit]))];
    }

    private static string NameOf(Site site, Granularity granularity, bool areFused)
    {
        var layer = string.Create(CultureInfo.InvariantCulture, $"layers.{site.Layer}");
        if (granularity == Granularity.Layer)
            return layer;
        var group = areFused ? Array.Find(groups, group => group.Kinds.Contains(site.Kind)).Name : null;
        return group is null ? site.ToString() : $"{layer}.{group}";
    }
}
