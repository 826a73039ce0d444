using OxyPlot;
using OxyPlot.Annotations;

namespace Pith.Core.Reports;

/// <summary>Puts the labels of points where they cover neither points nor one another; one without room is left out.</summary>
internal static class ChartLabels
{
    private const double FontSize = 12;
    private const double Distance = 7;
    private const double MarkerExtent = 10;
    private const double RowHeight = 17;
    private const int FarRows = 4;

    // Where a label may lie, best first: its middle relative to the point, in halves of its own size plus the distance.
    private static readonly (int X, int Y)[] places = [(1, 0), (0, -1), (0, 1), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1)];

    // If all those are taken: some rows above or below, joined to the point by a thin line.
    private static readonly (int X, int Row)[] farPlaces =
        [.. from row in Enumerable.Range(2, FarRows - 1) from sign in new[] { -1, 1 } from x in new[] { 0, 1, -1 } select (x, sign * row)];

    /// <summary>Adds the labels of all points and of the reference to a plot of the given size in pixels.</summary>
    public static void Add(PlotModel plot, Chart chart, int width, int height)
    {
        var measure = new TextMeasure();
        var area = Layout(plot, measure, width, height);
        List<OxyRect> taken = [];
        List<(string Label, ScreenPoint At)> labelled = [];
        if (chart.Kind != ChartKind.Bar)
        {
            foreach (var point in chart.Series.SelectMany(series => ChartPlot.Drawn(chart, series)))
            {
                var at = new ScreenPoint(plot.Axes[0].Transform(point.X), plot.Axes[1].Transform(point.Y));
                taken.Add(Around(at, MarkerExtent, MarkerExtent));
                if (point.Label.Length > 0)
                    labelled.Add((point.Label, at));
            }
        }

        if (chart is { Reference: { } reference, Kind: not ChartKind.Bar })
        {
            // Along the line, the right end first.
            var size = measure.MeasureText(reference.Label, null!, FontSize, FontWeights.Normal);
            var y = plot.Axes[1].Transform(reference.Y);
            var xs = Enumerable.Range(0, 20).Select(step => area.Right - size.Width / 2 - step * area.Width / 20);
            Place(reference.Label, size, xs.SelectMany(x => new[] { new ScreenPoint(x, y - 9), new ScreenPoint(x, y + 9) }), ReportColors.Soft);
        }

        foreach (var (label, at) in labelled)
        {
            var size = measure.MeasureText(label, null!, FontSize, FontWeights.Normal);
            var middles = places.Select(place => new ScreenPoint(
                at.X + place.X * (size.Width / 2 + Distance), at.Y + place.Y * (size.Height / 2 + Distance * 0.5)));
            if (Place(label, size, middles, ReportColors.Ink) is null
                && Place(label, size, farPlaces.Select(place => new ScreenPoint(at.X + place.X * (size.Width / 2 + Distance), at.Y + place.Row * RowHeight)), ReportColors.Ink) is { } box)
                plot.Annotations.Add(Leader(plot, at, new ScreenPoint(Math.Clamp(at.X, box.Left, box.Right), at.Y < box.Top ? box.Top : box.Bottom)));
        }

        OxyRect? Place(string label, OxySize size, IEnumerable<ScreenPoint> middles, ReportColors.Entry color)
        {
            foreach (var middle in middles)
            {
                var box = Around(middle, size.Width, size.Height);
                if (taken.Exists(other => Overlap(box, other)) || !Inside(box, area))
                    continue;
                taken.Add(box);
                plot.Annotations.Add(Text(plot, label, middle, color));
                return box;
            }

            return null;
        }
    }

    // Drawing once into the void fixes where the axes map a point to.
    private static OxyRect Layout(PlotModel plot, TextMeasure measure, int width, int height)
    {
        using var context = new SvgRenderContext(Stream.Null, width, height, isDocument: false, measure, OxyColors.Transparent);
        var model = (IPlotModel)plot;
        model.Update(updateData: true);
        model.Render(context, new OxyRect(0, 0, width, height));
        return plot.PlotArea;
    }

    private static TextAnnotation Text(PlotModel plot, string label, ScreenPoint middle, ReportColors.Entry color) => new()
    {
        Text = label,
        TextPosition = new DataPoint(plot.Axes[0].InverseTransform(middle.X), plot.Axes[1].InverseTransform(middle.Y)),
        TextHorizontalAlignment = HorizontalAlignment.Center,
        TextVerticalAlignment = VerticalAlignment.Middle,
        TextColor = ChartPlot.Color(color),
        FontSize = FontSize,
        Stroke = OxyColors.Transparent,
        StrokeThickness = 0,
        ClipByXAxis = false,
        ClipByYAxis = false,
    };

    private static PolylineAnnotation Leader(PlotModel plot, ScreenPoint from, ScreenPoint to)
    {
        var line = new PolylineAnnotation { Color = ChartPlot.Color(ReportColors.Soft), StrokeThickness = 0.75, LineStyle = LineStyle.Solid };
        line.Points.AddRange(new[] { from, to }.Select(point => new DataPoint(plot.Axes[0].InverseTransform(point.X), plot.Axes[1].InverseTransform(point.Y))));
        return line;
    }

    private static OxyRect Around(ScreenPoint middle, double width, double height) =>
        new(middle.X - width / 2, middle.Y - height / 2, width, height);

    private static bool Overlap(OxyRect a, OxyRect b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private static bool Inside(OxyRect box, OxyRect area) =>
        box.Left >= area.Left && box.Right <= area.Right && box.Top >= area.Top - 8 && box.Bottom <= area.Bottom + 2;
}
