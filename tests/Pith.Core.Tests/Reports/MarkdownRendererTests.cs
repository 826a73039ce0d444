using CsCheck;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class MarkdownRendererTests
{
    [Fact]
    public void Render_Table_IsATableWithMarks()
    {
        var table = new Table("Formats", TableColumn.OfText("format"), TableColumn.OfNumber("bits", 2, "per weight"))
            .Add(RowMark.Reference, "bf16", 16)
            .Add(RowMark.Best, "a|b", 6.5);

        Assert.Equal(
            """
            # t

            Formats

            | format | bits (per weight) |
            | :--- | ---: |
            | bf16 (reference) | 16.00 |
            | **a\|b** (best) | **6.50** |

            """,
            MarkdownRenderer.Render(new Report("t").Add(table)));
    }

    [Fact]
    public void Render_Code_FenceIsLongerThanAnyInside()
    {
        Assert.Equal("# t\n\n````\n```\n````\n", MarkdownRenderer.Render(new Report("t").Add(new CodeBlock("```"))));
    }

    [Theory]
    [InlineData("*bold* _x_ `c` <b>", "\\*bold\\* \\_x\\_ \\`c\\` \\<b\\>")]
    [InlineData("1. no list", "1\\. no list")]
    [InlineData("- no list", "\\- no list")]
    [InlineData("6.25 bits, mxint4-16", "6.25 bits, mxint4-16")]
    [InlineData("[a](http://x)", "\\[a\\]\\(http://x)")]
    public void Render_SpecialCharacters_AreEscapedWhereTheyMatter(string text, string expected)
    {
        Assert.Equal($"# t\n\n{expected}\n", MarkdownRenderer.Render(new Report("t").Add(new Paragraph(text))));
    }

    [Fact]
    public void Render_Picture_IsNamedByTheCaller()
    {
        var text = MarkdownRenderer.Render(new Report("t").Add(ReportSamples.Scatter("a")), _ => "charts/a b.svg");

        Assert.Contains("![a: a](<charts/a b.svg>)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AnyText_KeepsTheTableRectangular() => Gen.String.Sample(
        text =>
        {
            var rows = MarkdownRenderer.Render(new Report("t").Add(ReportSamples.Numbers(text))).Split('\n')
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToList();
            Assert.Equal(5, rows.Count);
            Assert.All(rows, row => Assert.Equal(4, row.Replace("\\\\", "", StringComparison.Ordinal).Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')));
        },
        iter: 100);
}
