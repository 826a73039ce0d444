using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Pith.Core.Reports;

/// <summary>Turns a chart into the plot model that OxyPlot draws.</summary>
internal static class ChartPlot
{
    private const double FontSize = 13;
    private const double MarkerSize = 4.5;
    private const double Padding = 0.06;
    private const double LabelPadding = 0.16;

    private static readonly MarkerType[] markers =
        [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    /// <summary>Builds the model; width and height in pixels decide where labels find room.</summary>
    public static PlotModel Create(Chart chart, int width, int height)
    {
        var plot = new PlotModel
        {
            DefaultFontSize = FontSize,
            TextColor = Color(ReportColors.Soft),
            PlotAreaBorderThickness = new OxyThickness(0),
            PlotAreaBorderColor = Color(ReportColors.Line),
            Padding = new OxyThickness(4, 10, 16, 4),
            IsLegendVisible = chart.Series.Count > 1,
        };
        plot.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.TopLeft,
            LegendPlacement = LegendPlacement.Outside,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendTextColor = Color(ReportColors.Ink),
            LegendFontSize = FontSize,
            LegendPadding = 2,
            LegendMargin = 2,
            LegendMaxWidth = width - 60,
        });

        var isBar = chart.Kind == ChartKind.Bar;
        plot.Axes.Add(Axis(chart.X, isBar ? AxisPosition.Left : AxisPosition.Bottom, hasGrid: false));
        plot.Axes.Add(Axis(chart.Y, isBar ? AxisPosition.Bottom : AxisPosition.Left, hasGrid: true));
        if (isBar)
            plot.Axes[1].MinimumPadding = 0;
        else if (chart.Series.Any(series => series.Points.Any(point => point.Label.Length > 0)))
            plot.Axes[0].MaximumPadding = LabelPadding;
        for (var i = 0; i < chart.Series.Count; i++)
            plot.Series.Add(Series(chart, i));
        if (chart.Reference is { } reference)
            plot.Annotations.Add(ReferenceLine(reference, isBar));
        ChartLabels.Add(plot, chart, width, height);
        return plot;
    }

    /// <summary>A color of the table, in its light value.</summary>
    public static OxyColor Color(ReportColors.Entry entry) => OxyColor.FromUInt32(0xFF000000u | (uint)entry.Light);

    /// <summary>The color of the series at an index; they repeat after the last.</summary>
    public static OxyColor SeriesColor(int index) => Color(ReportColors.Series[index % ReportColors.Series.Length]);

    /// <summary>The points of a series that can be drawn.</summary>
    public static IEnumerable<ChartPoint> Drawn(Chart chart, ChartSeries series) => series.Points.Where(point =>
        double.IsFinite(point.X) && double.IsFinite(point.Y)
        && !(chart.X.IsLogarithmic && point.X <= 0) && !(chart.Y.IsLogarithmic && point.Y <= 0));

    private static Axis Axis(ChartAxis axis, AxisPosition position, bool hasGrid)
    {
        Axis result = axis switch
        {
            { Categories: not null } => new CategoryAxis { GapWidth = 0.3, IsTickCentered = true },
            { IsLogarithmic: true } => new LogarithmicAxis { MinimumPadding = Padding, MaximumPadding = Padding },
            _ => new LinearAxis { MinimumPadding = Padding, MaximumPadding = Padding },
        };
        if (result is CategoryAxis categories)
        {
            categories.Labels.AddRange(axis.Categories!);
            // Bars are read from top to bottom.
            if (position == AxisPosition.Left)
                (categories.StartPosition, categories.EndPosition) = (1, 0);
        }

        result.Position = position;
        result.Title = axis.Title;
        result.TitleColor = Color(ReportColors.Ink);
        result.AxislineStyle = hasGrid ? LineStyle.None : LineStyle.Solid;
        result.AxislineColor = result.TicklineColor = result.MinorTicklineColor = Color(ReportColors.Line);
        result.MajorGridlineStyle = hasGrid ? LineStyle.Solid : LineStyle.None;
        result.MajorGridlineColor = Color(ReportColors.Line);
        result.TickStyle = hasGrid ? TickStyle.None : TickStyle.Outside;
        result.AxisTitleDistance = 8;
        result.MinorTickSize = 0;
        return result;
    }

    private static Series Series(Chart chart, int index)
    {
        var series = chart.Series[index];
        var points = Drawn(chart, series);
        if (chart.Kind == ChartKind.Bar)
        {
            var bars = new BarSeries { Title = series.Name, FillColor = SeriesColor(index), StrokeThickness = 0 };
            bars.Items.AddRange(points.Select(point => new BarItem(point.Y, (int)point.X)));
            return bars;
        }

        var line = new LineSeries
        {
            Title = series.Name,
            Color = SeriesColor(index),
            LineStyle = chart.Kind == ChartKind.Line ? LineStyle.Solid : LineStyle.None,
            StrokeThickness = 1.75,
            MarkerType = markers[index % markers.Length],
            MarkerSize = MarkerSize,
            MarkerFill = SeriesColor(index),
        };
        line.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
        return line;
    }

    private static LineAnnotation ReferenceLine(ChartReference reference, bool isBar) => new()
    {
        Type = isBar ? LineAnnotationType.Vertical : LineAnnotationType.Horizontal,
        X = reference.Y,
        Y = reference.Y,
        Color = Color(ReportColors.Soft),
        LineStyle = LineStyle.Dash,
    };
}
