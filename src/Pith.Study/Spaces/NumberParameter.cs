using System.Globalization;
using Pith.Studies.Samplers;

namespace Pith.Studies.Spaces;

/// <summary>A real number between two bounds.</summary>
/// <param name="Name">Unique within a space.</param>
/// <param name="Low">The lower bound; finite; positive on a logarithmic scale.</param>
/// <param name="High">The upper bound; finite; above <paramref name="Low"/>.</param>
public sealed record NumberParameter(string Name, double Low, double High) : NumericParameter(Name)
{
    internal override double Lowest => Low;

    internal override double Highest => High;

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= Low && value <= High;

    /// <inheritdoc/>
    public override string Show(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override double Draw(TrialRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return FromScale(random.Between(ScaleLow, ScaleHigh));
    }

    internal override double EdgeBelow(double value) => value;

    internal override double EdgeAbove(double value) => value;

    private protected override double Nearest(double value) => Math.Clamp(value, Low, High);
}
