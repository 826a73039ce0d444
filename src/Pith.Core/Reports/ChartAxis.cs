namespace Pith.Core.Reports;

/// <summary>One axis of a chart.</summary>
/// <param name="Title">What is measured, with its unit.</param>
/// <param name="IsLogarithmic">Whether equal distances are equal ratios; points that are not positive are then left out.</param>
/// <param name="Categories">Names of the positions 0, 1, 2 …; null for an axis of numbers.</param>
public sealed record ChartAxis(string Title, bool IsLogarithmic = false, IReadOnlyList<string>? Categories = null);
