using System.Globalization;

namespace Pith.Core.Reports;

/// <summary>A report as files of a folder: the page, the same as Markdown, and the charts as pictures.</summary>
public static class ReportFiles
{
    /// <summary>Name of the page, which needs no other file.</summary>
    public const string Page = "report.html";

    /// <summary>Name of the Markdown text, which shows the pictures.</summary>
    public const string Text = "report.md";

    private const string ChartName = "chart-";
    private const string ChartExtension = ".svg";

    /// <summary>Writes them.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="folder">An existing folder; files of these names are replaced.</param>
    public static void WriteTo(this Report report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var charts = report.Blocks.OfType<Chart>().ToList();
        File.WriteAllText(Path.Combine(folder, Page), HtmlRenderer.Render(report));
        File.WriteAllText(Path.Combine(folder, Text), MarkdownRenderer.Render(report, chart => NameOf(charts.IndexOf(chart))));
        for (var i = 0; i < charts.Count; i++)
            File.WriteAllText(Path.Combine(folder, NameOf(i)), SvgRenderer.Render(charts[i]));
    }

    /// <summary>Whether a file of this name may be one of a report.</summary>
    public static bool IsOne(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name is Page or Text
            || name.StartsWith(ChartName, StringComparison.Ordinal) && name.EndsWith(ChartExtension, StringComparison.Ordinal);
    }

    private static string NameOf(int chart) => string.Create(CultureInfo.InvariantCulture, $"{ChartName}{chart + 1}{ChartExtension}");
}
