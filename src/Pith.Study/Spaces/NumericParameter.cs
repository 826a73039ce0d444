namespace Pith.Studies.Spaces;

/// <summary>A number between two bounds.</summary>
/// <param name="Name">Unique within a space.</param>
public abstract record NumericParameter(string Name) : Parameter(Name)
{
    /// <summary>Whether equal ratios count as equal steps; the lower bound is then positive. Default: no.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>The lower end of the scale on which samplers work, half a step below an integer's lower bound.</summary>
    internal double ScaleLow => ToScale(EdgeBelow(Lowest));

    /// <summary>The upper end of that scale.</summary>
    internal double ScaleHigh => ToScale(EdgeAbove(Highest));

    /// <summary>The lower bound.</summary>
    internal abstract double Lowest { get; }

    /// <summary>The upper bound.</summary>
    internal abstract double Highest { get; }

    /// <summary>The value on the scale.</summary>
    internal double ToScale(double value) => IsLogarithmic ? Math.Log(value) : value;

    /// <summary>The nearest value that the parameter can have.</summary>
    internal double FromScale(double scaled) => Nearest(IsLogarithmic ? Math.Exp(scaled) : scaled);

    /// <summary>The lower edge of what is rounded to a value; the value itself where nothing is rounded.</summary>
    internal abstract double EdgeBelow(double value);

    /// <summary>The upper edge of what is rounded to a value.</summary>
    internal abstract double EdgeAbove(double value);

    private protected abstract double Nearest(double value);
}
