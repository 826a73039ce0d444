using OxyPlot;

namespace Pith.Core.Reports;

/// <summary>Measures text for whatever font the reader has, with the widths of the widest usual one, DejaVu Sans.</summary>
internal sealed class TextMeasure() : PdfRenderContext(1, 1, OxyColors.Transparent)
{
    private const double LineHeight = 1.2;

    // Advance widths in hundredths of the font size, by kind of character; DejaVu Sans, Regular.
    private const string Narrow = "ijl.,:;'|!I ()[]f-t/r";
    private const double NarrowWidth = 0.36;
    private const double LetterWidth = 0.635;
    private const double CapitalWidth = 0.70;
    private const string Wide = "mwMW%@—";
    private const double WideWidth = 0.98;

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty : new OxySize(text.Split('\n').Max(Width) * fontSize, fontSize * LineHeight * text.Split('\n').Length);

    private static double Width(string line) => line.Sum(letter =>
        Narrow.Contains(letter, StringComparison.Ordinal) ? NarrowWidth
        : Wide.Contains(letter, StringComparison.Ordinal) ? WideWidth
        : char.IsUpper(letter) ? CapitalWidth
        : LetterWidth);
}
