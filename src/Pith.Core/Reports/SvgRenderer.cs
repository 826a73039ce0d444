using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OxyPlot;

namespace Pith.Core.Reports;

/// <summary>Draws a chart as SVG.</summary>
public static partial class SvgRenderer
{
    // The input is what OxyPlot wrote: this is a fence, never reached.
    private const int TimeoutMilliseconds = 10_000;
    private const string FontFamily = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

    /// <summary>A document of its own, in the light colors on white ground.</summary>
    /// <param name="chart">What to draw.</param>
    /// <param name="width">Width in pixels, 200 to 4000.</param>
    /// <param name="height">Height in pixels, 150 to 4000.</param>
    public static string Render(Chart chart, int width = 860, int height = 460)
    {
        ArgumentNullException.ThrowIfNull(chart);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 4000);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 150);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 4000);
        return Draw(Clean(chart), width, height, "c", paper: true);
    }

    /// <summary>A fragment for a page that defines the colors as CSS variables; its ids begin with <paramref name="id"/>.</summary>
    internal static string RenderInline(Chart chart, int width, int height, string id)
    {
        var svg = Draw(Clean(chart), width, height, id, paper: false);
        foreach (var color in ReportColors.All)
        {
            svg = svg
                .Replace($"fill=\"{color.LightRgb}\"", $"style=\"fill:var(--{color.Name})\"", StringComparison.Ordinal)
                .Replace(color.LightRgb, $"var(--{color.Name})", StringComparison.Ordinal);
        }

        return svg;
    }

    private static string Draw(Chart chart, int width, int height, string id, bool paper)
    {
        var plot = ChartPlot.Create(chart, width, height);
        var body = new SvgExporter { Width = width, Height = height, IsDocument = false, TextMeasurer = new TextMeasure() }.ExportToString(plot);

        // What OxyPlot writes is made part of a page: unique ids, the page's fonts, a name and a description.
        body = body[(body.IndexOf('>', body.IndexOf("<svg", StringComparison.Ordinal)) + 1)..];
        body = ClipId().Replace(body, match => $"{match.Groups["use"].Value}{id}-{match.Groups["number"].Value}");
        body = Fonts().Replace(body, "");
        body = EmptyClip().Replace(body, "");
        body = Indentation().Replace(body, "><");
        var ground = paper ? $"<rect width=\"100%\" height=\"100%\" fill=\"{ReportColors.Paper.LightRgb}\"/>" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"{FontFamily}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{WebUtility.HtmlEncode(chart.Title)}</title><desc id=\"{id}-d\">{WebUtility.HtmlEncode(chart.Description)}</desc>{ground}{body}");
    }

    // The writer behind OxyPlot refuses text that XML cannot hold.
    private static Chart Clean(Chart chart) => chart with
    {
        Title = PlainText.OneLine(chart.Title),
        Description = PlainText.OneLine(chart.Description),
        X = Clean(chart.X),
        Y = Clean(chart.Y),
        Series = [.. chart.Series.Select(series => new ChartSeries(
            PlainText.OneLine(series.Name),
            [.. series.Points.Select(point => point with { Label = PlainText.OneLine(point.Label) })]))],
        Reference = chart.Reference is null ? null : chart.Reference with { Label = PlainText.OneLine(chart.Reference.Label) },
    };

    private static ChartAxis Clean(ChartAxis axis) => axis with
    {
        Title = PlainText.OneLine(axis.Title),
        Categories = axis.Categories is null ? null : [.. axis.Categories.Select(PlainText.OneLine)],
    };

    [GeneratedRegex("(?<use>id=\"|url\\(#)clipPath(?<number>\\d+)", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex ClipId();

    [GeneratedRegex(" font-family=\"[^\"]*\"", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex Fonts();

    [GeneratedRegex("<defs>\\s*<clipPath[^>]*>\\s*<rect[^>]*/>\\s*</clipPath>\\s*</defs>\\s*<g clip-path=\"[^\"]*\" />\\s*", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex EmptyClip();

    [GeneratedRegex(">\\s+<", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex Indentation();
}
