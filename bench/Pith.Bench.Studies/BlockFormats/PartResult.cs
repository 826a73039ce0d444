using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>What a format did to a model when only some operands were rounded.</summary>
/// <param name="Model">The model.</param>
/// <param name="Format">The format.</param>
/// <param name="Part">Which operands.</param>
/// <param name="Perplexity">On the model's text.</param>
/// <param name="Kl">From the 32-bit model, nats a token.</param>
internal sealed record PartResult(string Model, string Format, string Part, double Perplexity, double Kl)
{
    /// <summary>The formats taken apart.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["bfp6:16", "mxint6:16", "bfp4:16"];

    /// <summary>The parts: together all operands.</summary>
    public static IReadOnlyList<(string Name, Func<Site, NumberFormat, SitePlan> Decide)> Parts { get; } =
    [
        ("weights", (site, format) => new SitePlan(site.HasWeight ? format : null, null)),
        ("inputs of weights", (site, format) => new SitePlan(null, site.HasWeight ? format : null)),
        ("weights and their inputs", (site, format) => site.HasWeight ? new SitePlan(format, format) : new SitePlan(null, null)),
        ("Q and K", (site, format) => site.Kind == SiteKind.AttnQk ? new SitePlan(format, format) : new SitePlan(null, null)),
        ("P and V", (site, format) => site.Kind == SiteKind.AttnAv ? new SitePlan(format, format) : new SitePlan(null, null)),
    ];
}
