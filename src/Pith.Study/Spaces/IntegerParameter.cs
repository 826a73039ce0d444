using System.Globalization;
using Pith.Studies.Samplers;

namespace Pith.Studies.Spaces;

/// <summary>An integer between two bounds.</summary>
/// <param name="Name">Unique within a space.</param>
/// <param name="Low">The lower bound, which is a value; positive on a logarithmic scale.</param>
/// <param name="High">The upper bound, which is a value; not below <paramref name="Low"/>.</param>
public sealed record IntegerParameter(string Name, int Low, int High) : NumericParameter(Name)
{
    private const double HalfStep = 0.5;

    internal override double Lowest => Low;

    internal override double Highest => High;

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= Low && value <= High && value == Math.Floor(value);

    /// <inheritdoc/>
    public override string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override double Draw(TrialRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return FromScale(random.Between(ScaleLow, ScaleHigh));
    }

    internal override double EdgeBelow(double value) => value - HalfStep;

    internal override double EdgeAbove(double value) => value + HalfStep;

    private protected override double Nearest(double value) => Math.Clamp(Math.Round(value), Low, High);
}
