using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Compress.Ratio;

/// <summary>One choice for a weight: its format.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
/// <param name="Format">Format of the weights.</param>
public sealed record RatioOption(NumberFormat Format)
{
    /// <summary>Bits which a weight [outputs, inputs] takes.</summary>
    public long StoredBits(SiteShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return Format.StoredBits(shape.Outputs, shape.Inputs);
    }

    /// <inheritdoc/>
    public override string ToString() => Format.ToString();
}
