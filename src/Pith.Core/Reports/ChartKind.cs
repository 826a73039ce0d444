namespace Pith.Core.Reports;

/// <summary>How the points of a chart are drawn.</summary>
public enum ChartKind
{
    /// <summary>Points joined by lines, in the order given.</summary>
    Line = 0,

    /// <summary>Points alone.</summary>
    Scatter = 1,

    /// <summary>Horizontal bars; the x axis has categories, which run down the left side.</summary>
    Bar = 2,
}
