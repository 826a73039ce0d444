namespace Pith.Compress.Ratio.Law;

/// <summary>A fitted coefficient with its uncertainty.</summary>
/// <param name="Name">As in the formula.</param>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end of the 95 % interval; NaN where there are as many coefficients as points.</param>
/// <param name="High">Upper end of the interval.</param>
public sealed record LawCoefficient(string Name, double Value, double Low, double High);
