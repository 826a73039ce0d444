using OxyPlot;
using OxyPlot.Annotations;

namespace Pith.Core.Reports;

/// <summary>Puts the labels of points where they cover neither points nor one another; one without room is left out.</summary>
internal static class ChartLabels
{
    private const double FontSize = 12;
    private const double Distance = 8;
    private const double MarkerExtent = 12;

    // Where a label may lie, best first: its middle relative to the point, in halves of its own size plus the distance.
    private static readonly (int X, int Y)[] places = [(1, 0), (0, -1), (0, 1), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1)];

    /// <summary>Adds the labels of all series to a plot of the given size in pixels.</summary>
    public static void Add(PlotModel plot, Chart chart, int width, int height)
    {
        if (!chart.Series.Any(series => series.Points.Any(point => point.Label.Length > 0)))
            return;

        // Drawing once into the void fixes where the axes map a point to.
        using var measure = new SvgRenderContext(Stream.Null, width, height, isDocument: false, new PdfRenderContext(width, height, OxyColors.Transparent), OxyColors.Transparent);
        var model = (IPlotModel)plot;
        model.Update(updateData: true);
        model.Render(measure, new OxyRect(0, 0, width, height));

        List<OxyRect> taken = [];
        List<(ChartPoint Point, ScreenPoint At)> labelled = [];
        foreach (var series in chart.Series)
        {
            foreach (var point in ChartPlot.Drawn(chart, series))
            {
                var at = new ScreenPoint(plot.Axes[0].Transform(point.X), plot.Axes[1].Transform(point.Y));
                taken.Add(Around(at, MarkerExtent, MarkerExtent));
                if (point.Label.Length > 0)
                    labelled.Add((point, at));
            }
        }

        foreach (var (point, at) in labelled)
        {
            var size = measure.MeasureText(point.Label, null, FontSize, FontWeights.Normal);
            foreach (var (x, y) in places)
            {
                var middle = new ScreenPoint(at.X + x * (size.Width / 2 + Distance), at.Y + y * (size.Height / 2 + Distance * 0.7));
                var box = Around(middle, size.Width, size.Height);
                if (taken.Any(other => Overlap(box, other)) || !Inside(box, plot.PlotArea, width))
                    continue;
                taken.Add(box);
                plot.Annotations.Add(Label(point, middle - at));
                break;
            }
        }
    }

    private static TextAnnotation Label(ChartPoint point, ScreenVector offset) => new()
    {
        Text = point.Label,
        TextPosition = new DataPoint(point.X, point.Y),
        Offset = offset,
        TextHorizontalAlignment = HorizontalAlignment.Center,
        TextVerticalAlignment = VerticalAlignment.Middle,
        TextColor = ChartPlot.Color(ReportColors.Ink),
        FontSize = FontSize,
        StrokeThickness = 0,
        Stroke = OxyColors.Undefined,
        Background = OxyColors.Undefined,
        ClipByXAxis = false,
        ClipByYAxis = false,
    };

    private static OxyRect Around(ScreenPoint middle, double width, double height) =>
        new(middle.X - width / 2, middle.Y - height / 2, width, height);

    private static bool Overlap(OxyRect a, OxyRect b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private static bool Inside(OxyRect box, OxyRect area, int width) =>
        box.Left >= area.Left && box.Right <= width && box.Top >= area.Top - 8 && box.Bottom <= area.Bottom;
}
