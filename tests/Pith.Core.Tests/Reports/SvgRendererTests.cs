using System.Globalization;
using System.Xml.Linq;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class SvgRendererTests
{
    private static readonly XNamespace svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Render_LogarithmicAxis_PutsEqualRatiosAtEqualDistances()
    {
        var heights = Markers(Line(new ChartAxis("y", IsLogarithmic: true), 1, 10, 100)).Select(marker => marker.Y).ToArray();

        // Positions are written with four digits after the point.
        Assert.Equal(heights[0] - heights[1], heights[1] - heights[2], 3);
        Assert.True(heights[0] > heights[2], "larger values stand higher");
    }

    [Fact]
    public void Render_LinearAxis_PutsEqualDifferencesAtEqualDistances()
    {
        var heights = Markers(Line(new ChartAxis("y"), 1, 10, 19)).Select(marker => marker.Y).ToArray();

        Assert.Equal(heights[0] - heights[1], heights[1] - heights[2], 3);
    }

    [Fact]
    public void Render_PointsThatHaveNoPlace_LeavesThemOut()
    {
        Assert.Equal(2, Markers(Line(new ChartAxis("y", IsLogarithmic: true), 1, 0, -1, double.NaN, double.PositiveInfinity, 2)).Count);
    }

    [Fact]
    public void Render_Labels_StandInTheDocument()
    {
        var texts = Parse(ReportSamples.Scatter("left")).Descendants(svg + "text").Select(text => text.Value).ToList();

        Assert.Contains("left", texts);
        Assert.Contains("b", texts);
        Assert.DoesNotContain("c", texts);
    }

    [Fact]
    public void Render_NoPoints_StillDraws()
    {
        Assert.NotEmpty(Parse(Line(new ChartAxis("y", IsLogarithmic: true))).Descendants(svg + "text"));
    }

    [Theory]
    [InlineData(199, 300)]
    [InlineData(800, 4001)]
    public void Render_SizeOutOfRange_Throws(int width, int height)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SvgRenderer.Render(ReportSamples.Scatter("a"), width, height));
    }

    private static Chart Line(ChartAxis y, params double[] values) => new(
        "t", "d", ChartKind.Line, new ChartAxis("x"), y, [new ChartSeries("s", [.. values.Select((value, i) => new ChartPoint(i, value))])]);

    private static XElement Parse(Chart chart) => XElement.Parse(SvgRenderer.Render(chart));

    private static List<(double X, double Y)> Markers(Chart chart) => [.. Parse(chart).Descendants(svg + "ellipse").Select(marker => (
        double.Parse(marker.Attribute("cx")!.Value, CultureInfo.InvariantCulture),
        double.Parse(marker.Attribute("cy")!.Value, CultureInfo.InvariantCulture)))];
}
