using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class ReportColorsTests
{
    // WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for graphics (1.4.11).
    [Fact]
    public void Texts_OnEveryGround_AreReadable()
    {
        foreach (var text in new[] { ReportColors.Ink, ReportColors.Soft, ReportColors.Accent })
        {
            foreach (var ground in new[] { ReportColors.Paper, ReportColors.Card, ReportColors.Tint })
            {
                Assert.True(Contrast(text.Light, ground.Light) >= 4.5, $"{text.Name} on {ground.Name}, light");
                Assert.True(Contrast(text.Dark, ground.Dark) >= 4.5, $"{text.Name} on {ground.Name}, dark");
            }
        }
    }

    [Fact]
    public void Series_OnPaper_AreVisible()
    {
        foreach (var series in ReportColors.Series)
        {
            Assert.True(Contrast(series.Light, ReportColors.Paper.Light) >= 3, $"{series.Name}, light");
            Assert.True(Contrast(series.Dark, ReportColors.Paper.Dark) >= 3, $"{series.Name}, dark");
        }
    }

    [Fact]
    public void LightValues_AreUnique_SoThatChartsCanBeRecolored()
    {
        Assert.Equal(ReportColors.All.Count(), ReportColors.All.Select(color => color.Light).Distinct().Count());
    }

    private static double Contrast(int a, int b)
    {
        var (light, dark) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (light + 0.05) / (dark + 0.05);
    }

    // WCAG 2.2, definition of relative luminance.
    private static double Luminance(int rgb) => 0.2126 * Linear(rgb >> 16) + 0.7152 * Linear((rgb >> 8) & 255) + 0.0722 * Linear(rgb & 255);

    private static double Linear(int value)
    {
        var v = value / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
    }
}
