using System.Text;

namespace Pith.Core.Reports;

/// <summary>Renders a report as plain text for a terminal. Charts become tables of their points.</summary>
public static class TextRenderer
{
    private const int LineWidth = 100;
    private const string Gap = "   ";

    /// <summary>The whole report.</summary>
    public static string Render(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        var title = PlainText.OneLine(report.Title);
        text.Append(title).Append('\n').Append('═', PlainText.Width(title)).Append('\n');
        if (report.Summary.Length > 0)
            text.Append('\n').Append(Wrap(report.Summary));
        foreach (var block in report.Blocks)
            text.Append('\n').Append(Render(block));
        return text.ToString();
    }

    /// <summary>One block, ending with a line break.</summary>
    public static string Render(ReportBlock block) => block switch
    {
        Heading heading => $"{PlainText.OneLine(heading.Text)}\n{new string('─', PlainText.Width(PlainText.OneLine(heading.Text)))}\n",
        Paragraph paragraph => Wrap(paragraph.Text),
        CodeBlock code => Indent(code.Text, "    "),
        Quote quote => Indent(quote.Text, "│ ") + $"  {PlainText.OneLine(quote.Source)}\n",
        FactList facts => Render(facts),
        Table table => Render(table),
        Chart chart => Render(chart.ToTable()),
        _ => throw new ArgumentException($"A text cannot show a {block?.GetType().Name}.", nameof(block)),
    };

    private static string Render(FactList list)
    {
        var width = list.Facts.Count == 0 ? 0 : list.Facts.Max(fact => PlainText.Width(fact.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in list.Facts)
            text.Append(PlainText.OneLine(name).PadRight(width)).Append(Gap).Append(PlainText.OneLine(value)).Append('\n');
        return text.ToString();
    }

    private static string Render(Table table)
    {
        var lines = table.Rows.Select(row => row.Cells.Select((cell, i) => PlainText.OneLine(table.Columns[i].Show(cell))).ToArray()).ToList();
        lines.Insert(0, [.. table.Columns.Select(column => PlainText.OneLine(column.Heading))]);
        var widths = table.Columns.Select((_, i) => lines.Max(line => PlainText.Width(line[i]))).ToArray();

        var text = new StringBuilder();
        text.Append(PlainText.OneLine(table.Caption)).Append("\n\n");
        for (var i = 0; i < lines.Count; i++)
        {
            var mark = i == 0 ? RowMark.None : table.Rows[i - 1].Mark;
            var cells = lines[i].Select((cell, column) => Pad(cell, widths[column], table.Columns[column].IsNumber));
            var end = mark switch { RowMark.Best => Gap + "← best", RowMark.Reference => Gap + "← reference", _ => "" };
            text.Append((string.Join(Gap, cells) + end).TrimEnd()).Append('\n');
            if (i == 0)
                text.Append('─', widths.Sum() + Gap.Length * (widths.Length - 1)).Append('\n');
        }

        return text.ToString();
    }

    private static string Pad(string cell, int width, bool right)
    {
        var blanks = new string(' ', width - PlainText.Width(cell));
        return right ? blanks + cell : cell + blanks;
    }

    private static string Indent(string text, string prefix) =>
        string.Concat(PlainText.Clean(text).TrimEnd('\n').Split('\n').Select(line => (prefix + line).TrimEnd() + "\n"));

    private static string Wrap(string text)
    {
        var result = new StringBuilder();
        var column = 0;
        foreach (var word in PlainText.OneLine(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var width = PlainText.Width(word);
            if (column > 0 && column + 1 + width > LineWidth)
            {
                result.Append('\n');
                column = 0;
            }
            else if (column > 0)
            {
                result.Append(' ');
                column++;
            }

            result.Append(word);
            column += width;
        }

        return result.Append('\n').ToString();
    }
}
