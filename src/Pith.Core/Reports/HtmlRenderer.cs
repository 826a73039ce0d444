using System.Globalization;
using System.Net;
using System.Text;

namespace Pith.Core.Reports;

/// <summary>Renders a report as one HTML page that needs nothing else: no script, no font, no file from anywhere.</summary>
/// <remarks>Light or dark as the reader prefers, readable from 320 pixels up, with captions and descriptions for readers who cannot
/// see it. A content security policy in the page forbids it to load anything.</remarks>
public static class HtmlRenderer
{
    private const int WideWidth = 860;
    private const int WideHeight = 440;
    private const int NarrowWidth = 380;
    private const int NarrowHeight = 340;

    /// <summary>The whole page.</summary>
    public static string Render(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="color-scheme" content="light dark"/>
            <title>{Escape(report.Title)}</title>
            <style>
            {ReportColors.ToCss()}
            {HtmlStyle.Css}
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>{Escape(report.Title)}</h1>

            """);
        if (report.Summary.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"summary\">{Escape(report.Summary)}</p>\n");
        page.Append("</header>\n");
        for (var i = 0; i < report.Blocks.Count; i++)
            Append(page, report.Blocks[i], i);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, ReportBlock block, int index)
    {
        _ = block switch
        {
            Heading heading => page.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(heading.Text)}</h2>\n"),
            Paragraph paragraph => page.Append(CultureInfo.InvariantCulture, $"<p>{Escape(paragraph.Text)}</p>\n"),
            CodeBlock code => page.Append(CultureInfo.InvariantCulture, $"<pre tabindex=\"0\"><code>{Escape(code.Text)}</code></pre>\n"),
            Quote quote => page.Append(CultureInfo.InvariantCulture, $"<figure><blockquote>{Escape(quote.Text)}</blockquote><figcaption>{Escape(quote.Source)}</figcaption></figure>\n"),
            FactList facts => AppendFacts(page, facts),
            Table table => AppendTable(page, table),
            Chart chart => AppendChart(page, chart, index),
            _ => throw new ArgumentException($"A page cannot show a {block.GetType().Name}.", nameof(block)),
        };
    }

    private static StringBuilder AppendFacts(StringBuilder page, FactList list)
    {
        page.Append("<dl>");
        foreach (var (name, value) in list.Facts)
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}</dd></div>");
        return page.Append("</dl>\n");
    }

    private static StringBuilder AppendTable(StringBuilder page, Table table)
    {
        // The box scrolls sideways when the table is wider than the screen; the keyboard can reach it.
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{Escape(table.Caption)}\"><table><caption>{Escape(table.Caption)}</caption>\n<thead><tr>");
        foreach (var column in table.Columns)
        {
            var unit = column.Unit.Length == 0 ? "" : $" <small>{Escape(column.Unit)}</small>";
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Align(column)}>{Escape(column.Name)}{unit}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            var mark = MarkName(row.Mark);
            page.Append(mark.Length == 0 ? "<tr>" : $"<tr class=\"{mark}\">");
            for (var i = 0; i < row.Cells.Count; i++)
            {
                var text = Escape(table.Columns[i].Show(row.Cells[i]));
                page.Append(i == 0
                    ? $"<th scope=\"row\"{Align(table.Columns[i])}>{text}{(mark.Length == 0 ? "" : $" <span class=\"mark\">{mark}</span>")}</th>"
                    : $"<td{Align(table.Columns[i])}>{text}</td>");
            }

            page.Append("</tr>\n");
        }

        return page.Append("</tbody></table></div>\n");
    }

    private static StringBuilder AppendChart(StringBuilder page, Chart chart, int index)
    {
        var wide = SvgRenderer.RenderInline(chart, WideWidth, WideHeight, string.Create(CultureInfo.InvariantCulture, $"w{index}"));
        var narrow = SvgRenderer.RenderInline(chart, NarrowWidth, NarrowHeight, string.Create(CultureInfo.InvariantCulture, $"n{index}"));
        page.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><figcaption>{Escape(chart.Title)}</figcaption>\n<div class=\"wide\">{wide}</div>\n<div class=\"narrow\">{narrow}</div>\n<details><summary>The numbers</summary>\n");
        AppendTable(page, chart.ToTable());
        return page.Append("</details></figure>\n");
    }

    private static string MarkName(RowMark mark) => mark switch
    {
        RowMark.Best => "best",
        RowMark.Reference => "reference",
        _ => "",
    };

    private static string Align(TableColumn column) => column.IsNumber ? " class=\"n\"" : "";

    private static string Escape(string text) => WebUtility.HtmlEncode(PlainText.Clean(text));
}
