namespace Pith.Core.Reports;

/// <summary>A dashed line across a chart at one value, to compare with.</summary>
/// <param name="Y">The value.</param>
/// <param name="Label">What it is.</param>
public sealed record ChartReference(double Y, string Label);
