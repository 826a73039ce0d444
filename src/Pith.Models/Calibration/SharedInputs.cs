using Pith.Core.Sites;

namespace Pith.Models.Calibration;

/// <summary>Which products read one and the same input: q, k and v, and gate and up.</summary>
public static class SharedInputs
{
    /// <summary>The site under whose name an input is measured: the first, in the order of computation, of those that read it.</summary>
    public static Site Of(Site site) => site.Kind switch
    {
        SiteKind.AttnK or SiteKind.AttnV => site with { Kind = SiteKind.AttnQ },
        SiteKind.MlpUp => site with { Kind = SiteKind.MlpGate },
        _ => site,
    };

    /// <summary>The distinct inputs of a model's weights, each with its width, in the order of computation.</summary>
    public static IReadOnlyList<(Site Site, int Width)> Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. config.Sites.Where(shape => shape.Site.HasWeight && Of(shape.Site) == shape.Site).Select(shape => (shape.Site, shape.Inputs))];
    }
}
