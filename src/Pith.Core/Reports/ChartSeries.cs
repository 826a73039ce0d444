namespace Pith.Core.Reports;

/// <summary>Points that belong together and share a color and a marker.</summary>
/// <param name="Name">As in the legend.</param>
/// <param name="Points">In the order in which a line joins them.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);
