namespace Pith.Core.Reports;

/// <summary>One point of a chart. A point that is not finite is not drawn.</summary>
/// <param name="X">Position on the x axis; the index of the category where the axis has categories.</param>
/// <param name="Y">Position on the y axis.</param>
/// <param name="Label">Written beside the point; empty for none.</param>
public readonly record struct ChartPoint(double X, double Y, string Label = "");
