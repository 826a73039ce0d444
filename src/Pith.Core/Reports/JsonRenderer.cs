using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pith.Core.Reports;

/// <summary>Renders a report as JSON: <c>{title, summary, blocks: [{kind, …}]}</c>. Numbers that are not finite become null.</summary>
public static class JsonRenderer
{
    private static readonly JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole report as one document.</summary>
    public static string Render(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("title", report.Title);
            json.WriteString("summary", report.Summary);
            json.WriteStartArray("blocks");
            foreach (var block in report.Blocks)
            {
                json.WriteStartObject();
                Write(json, block);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ReportBlock block)
    {
        switch (block)
        {
            case Heading heading:
                json.WriteString("kind", "heading");
                json.WriteString("text", heading.Text);
                break;
            case Paragraph paragraph:
                json.WriteString("kind", "paragraph");
                json.WriteString("text", paragraph.Text);
                break;
            case CodeBlock code:
                json.WriteString("kind", "code");
                json.WriteString("text", code.Text);
                break;
            case Quote quote:
                json.WriteString("kind", "quote");
                json.WriteString("text", quote.Text);
                json.WriteString("source", quote.Source);
                break;
            case FactList facts:
                json.WriteString("kind", "facts");
                json.WriteStartArray("facts");
                foreach (var (name, value) in facts.Facts)
                {
                    json.WriteStartObject();
                    json.WriteString("name", name);
                    json.WriteString("value", value);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
            case Table table:
                Write(json, table);
                break;
            case Chart chart:
                Write(json, chart);
                break;
            default:
                throw new ArgumentException($"JSON cannot show a {block.GetType().Name}.", nameof(block));
        }
    }

    private static void Write(Utf8JsonWriter json, Table table)
    {
        json.WriteString("kind", "table");
        json.WriteString("caption", table.Caption);
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("unit", column.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in table.Rows)
        {
            json.WriteStartObject();
            json.WriteString("mark", row.Mark switch { RowMark.Best => "best", RowMark.Reference => "reference", _ => "" });
            json.WriteStartArray("cells");
            foreach (var cell in row.Cells)
            {
                if (cell.Text is not null)
                    json.WriteStringValue(cell.Text);
                else
                    WriteNumber(json, cell.Number);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Chart chart)
    {
        json.WriteString("kind", "chart");
        json.WriteString("title", chart.Title);
        json.WriteString("description", chart.Description);
        json.WriteString("x", chart.X.Title);
        json.WriteString("y", chart.Y.Title);
        json.WriteStartArray("series");
        foreach (var series in chart.Series)
        {
            json.WriteStartObject();
            json.WriteString("name", series.Name);
            json.WriteStartArray("points");
            foreach (var point in series.Points)
            {
                json.WriteStartArray();
                if (chart.X.Categories is { } categories)
                    json.WriteStringValue(categories[(int)point.X]);
                else
                    WriteNumber(json, point.X);
                WriteNumber(json, point.Y);
                json.WriteStringValue(point.Label);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, double? number)
    {
        if (number is { } value && double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }
}
