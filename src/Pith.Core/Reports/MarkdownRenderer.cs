using System.Globalization;
using System.Text;

namespace Pith.Core.Reports;

/// <summary>Renders a report as GitHub-flavored Markdown.</summary>
/// <remarks>Charts are pictures beside the text: write <see cref="SvgRenderer.Render"/> of each to the path that
/// <c>picture</c> gave for it.</remarks>
public static class MarkdownRenderer
{
    private const string Special = "\\`*_{}[]<>()#+-.!|~&$";

    /// <summary>The whole report.</summary>
    /// <param name="report">What to render.</param>
    /// <param name="picture">Gives the path of a chart's picture, relative to the text; without it charts become tables.</param>
    public static string Render(Report report, Func<Chart, string>? picture = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Escape(report.Title)}\n");
        if (report.Summary.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n{Escape(report.Summary)}\n");
        foreach (var block in report.Blocks)
            text.Append('\n').Append(Render(block, picture));
        return text.ToString();
    }

    private static string Render(ReportBlock block, Func<Chart, string>? picture) => block switch
    {
        Heading heading => $"## {Escape(heading.Text)}\n",
        Paragraph paragraph => Escape(paragraph.Text) + "\n",
        CodeBlock code => Fence(code.Text),
        Quote quote => string.Concat(PlainText.Clean(quote.Text).TrimEnd('\n').Split('\n').Select(line => $"> {Escape(line)}  \n")) + $">\n> — {Escape(quote.Source)}\n",
        FactList facts => string.Concat(facts.Facts.Select(fact => $"- {Escape(fact.Key)}: **{Escape(fact.Value)}**\n")),
        Table table => Render(table),
        Chart chart when picture is not null => $"![{Escape(chart.Title)}: {Escape(chart.Description)}](<{picture(chart)}>)\n",
        Chart chart => Render(chart.ToTable()),
        _ => throw new ArgumentException($"Markdown cannot show a {block.GetType().Name}.", nameof(block)),
    };

    private static string Render(Table table)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Escape(table.Caption)}\n\n");
        text.Append(Row(table.Columns.Select(column => Escape(column.Heading))));
        text.Append(Row(table.Columns.Select(column => column.IsNumber ? "---:" : ":---")));
        foreach (var row in table.Rows)
        {
            var cells = row.Cells.Select((cell, i) => Escape(table.Columns[i].Show(cell)));
            text.Append(Row(row.Mark switch
            {
                RowMark.Best => cells.Select((cell, i) => i == 0 ? $"**{cell}** (best)" : $"**{cell}**"),
                RowMark.Reference => cells.Select((cell, i) => i == 0 ? $"{cell} (reference)" : cell),
                _ => cells,
            }));
        }

        return text.ToString();
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    // The fence is longer than any run of backticks inside.
    private static string Fence(string code)
    {
        var clean = PlainText.Clean(code).TrimEnd('\n');
        var fence = "```";
        while (clean.Contains(fence, StringComparison.Ordinal))
            fence += "`";
        return $"{fence}\n{clean}\n{fence}\n";
    }

    // A point or dash inside a word or number means nothing to Markdown and stays readable.
    private static string Escape(string text)
    {
        var line = PlainText.OneLine(text);
        var escaped = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            var harmless = line[i] is '.' or '-' or '+' or '!' or '(' or ')' && (i == 0 || line[i - 1] != ']') && !IsListMark(line, i);
            if (Special.Contains(line[i], StringComparison.Ordinal) && !harmless)
                escaped.Append('\\');
            escaped.Append(line[i]);
        }

        return escaped.ToString();
    }

    // "1. ", "1) " and "- " begin a list where only digits stand before.
    private static bool IsListMark(string line, int index) =>
        line.AsSpan(0, index).IndexOfAnyExceptInRange('0', '9') < 0 && (index + 1 == line.Length || line[index + 1] == ' ');
}
