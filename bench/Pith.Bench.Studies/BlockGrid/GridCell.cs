using System.Globalization;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Bench.Studies.BlockGrid;

/// <summary>One way to round a model, in one of the tables.</summary>
/// <param name="Table">The table.</param>
/// <param name="Row">Its row there.</param>
/// <param name="Column">Its column there.</param>
/// <param name="Decide">The formats of one product.</param>
internal sealed record GridCell(string Table, string Row, string Column, Func<Site, SitePlan> Decide)
{
    /// <summary>Table of widths of weights against widths of all other operands, in blocks of 16.</summary>
    public const string Widths = "widths";

    /// <summary>Table of the weights' block sizes.</summary>
    public const string BlockSizes = "block sizes";

    /// <summary>Table of single products, both operands rounded.</summary>
    public const string Products = "products";

    /// <summary>What <see cref="Products"/> are rounded to.</summary>
    public const string ProductFormat = "bfp4:16";

    private static readonly int[] WeightBits = [8, 6, 5, 4, 3];
    private static readonly int?[] ActivationBits = [null, 8, 6, 5, 4];
    private static readonly string[] Blocks = ["16", "32", "64", "128", "256", "row"];
    private static readonly (int Weights, int Activations)[] Pairs = [(4, 8), (4, 6), (3, 8)];

    private static readonly SiteKind[] Kinds =
        [SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV, SiteKind.AttnQk, SiteKind.AttnAv, SiteKind.AttnO, SiteKind.MlpGate, SiteKind.MlpUp, SiteKind.MlpDown];

    /// <summary>Every cell of every table.</summary>
    public static IReadOnlyList<GridCell> All { get; } =
    [
        .. from weights in WeightBits
           from activations in ActivationBits
           select Of(Widths, $"W{weights}", activations is null ? "fp32" : $"A{activations}", Bfp(weights, "16"), activations is { } bits ? Bfp(bits, "16") : null),
        .. from block in Blocks
           from pair in Pairs
           select Of(BlockSizes, block, $"W{pair.Weights}A{pair.Activations}", Bfp(pair.Weights, block), Bfp(pair.Activations, "16")),
        .. from kind in Kinds
           select new GridCell(Products, new Site(0, kind).Name, ProductFormat, site => site.Kind == kind ? Both(ProductFormat) : SitePlan.None),
    ];

    /// <summary>The plan for a model.</summary>
    public Plan PlanFor(IEnumerable<Site> sites) => new(sites.Select(site => KeyValuePair.Create(site, Decide(site))));

    private static GridCell Of(string table, string row, string column, NumberFormat weights, NumberFormat? activations) =>
        new(table, row, column, site => site.HasWeight ? new SitePlan(weights, activations) : new SitePlan(activations, activations));

    private static SitePlan Both(string format) => new(NumberFormat.Parse(format), NumberFormat.Parse(format));

    private static NumberFormat Bfp(int bits, string block) => NumberFormat.Parse(string.Create(CultureInfo.InvariantCulture, $"bfp{bits}:{block}"));
}
