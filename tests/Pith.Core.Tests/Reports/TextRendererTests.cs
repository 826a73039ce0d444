using CsCheck;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class TextRendererTests
{
    [Fact]
    public void Render_Table_AlignsTextLeftAndNumbersRight()
    {
        var table = new Table("Formats", TableColumn.OfText("format"), TableColumn.OfNumber("bits", 2), TableColumn.OfSignificant("KL", 2, "nats"))
            .Add("bfp6:16", 6.5, 0.0021)
            .Add(RowMark.Best, "x", 16, Cell.None);

        Assert.Equal(
            """
            Formats

            format     bits   KL (nats)
            ───────────────────────────
            bfp6:16    6.50      0.0021
            x         16.00           –   ← best

            """,
            TextRenderer.Render(table));
    }

    [Fact]
    public void Render_LongParagraph_WrapsBetweenWords()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 50));

        var lines = TextRenderer.Render(new Paragraph(words)).TrimEnd('\n').Split('\n');

        Assert.All(lines, line => Assert.True(line.Length <= 100));
        Assert.Equal(words, string.Join(' ', lines));
    }

    [Fact]
    public void Render_AnyText_CannotDriveTheTerminal() => Gen.String.Sample(
        text => Assert.DoesNotContain(TextRenderer.Render(ReportSamples.WithText(text + "\e[2J\u202e")), c => c != '\n' && char.IsControl(c) || c == '\u202e'),
        iter: 100);

    [Fact]
    public void Render_WideNumbers_SwitchToExponents()
    {
        var table = new Table("t", TableColumn.OfNumber("a", 2)).Add(1e12).Add(double.PositiveInfinity).Add(double.NaN).Add(-0.5);

        var lines = TextRenderer.Render(table).Split('\n');

        Assert.Equal(["1.00e12", "      ∞", "    NaN", "  -0.50"], lines[4..8]);
    }
}
