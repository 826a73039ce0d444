using CsCheck;
using OxyPlot;
using OxyPlot.Annotations;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class ChartLabelsTests
{
    private static readonly Gen<ChartPoint[]> points =
        Gen.Select(Gen.Double[0, 10], Gen.Double[1, 100], (x, y) => new ChartPoint(x, y, "mxint4:16")).Array[1, 30];

    [Fact]
    public void Add_AnyPoints_LabelsCoverNeitherPointsNorOneAnother() => points.Sample(
        points =>
        {
            var chart = new Chart("t", "d", ChartKind.Scatter, new ChartAxis("x"), new ChartAxis("y", IsLogarithmic: true), [new ChartSeries("s", points)]);
            var plot = ChartPlot.Create(chart, 860, 440);
            var markers = points.Select(point => new ScreenPoint(plot.Axes[0].Transform(point.X), plot.Axes[1].Transform(point.Y))).ToList();
            var boxes = plot.Annotations.OfType<TextAnnotation>().Select(label => Box(plot, label)).ToList();

            Assert.InRange(boxes.Count, 1, points.Length);
            for (var i = 0; i < boxes.Count; i++)
            {
                Assert.DoesNotContain(markers, marker => boxes[i].Contains(marker.X, marker.Y));
                Assert.DoesNotContain(boxes.Skip(i + 1), other => Overlap(boxes[i], other));
            }
        },
        iter: 50);

    [Fact]
    public void Add_PointsFarApart_LabelsAll()
    {
        var chart = new Chart(
            "t", "d", ChartKind.Scatter, new ChartAxis("x"), new ChartAxis("y"),
            [new ChartSeries("s", [new(0, 0, "one"), new(1, 1, "two"), new(2, 0, "three")])]);

        Assert.Equal(["one", "two", "three"], ChartPlot.Create(chart, 860, 440).Annotations.OfType<TextAnnotation>().Select(label => label.Text));
    }

    // A hair smaller than the label: positions go through the axes and back.
    private static OxyRect Box(PlotModel plot, TextAnnotation label)
    {
        var size = new TextMeasure().MeasureText(label.Text!, "", label.FontSize, 400);
        var middle = new ScreenPoint(plot.Axes[0].Transform(label.TextPosition.X), plot.Axes[1].Transform(label.TextPosition.Y));
        return new OxyRect(middle.X - size.Width / 2 + 0.01, middle.Y - size.Height / 2 + 0.01, size.Width - 0.02, size.Height - 0.02);
    }

    private static bool Overlap(OxyRect a, OxyRect b) => a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;
}
