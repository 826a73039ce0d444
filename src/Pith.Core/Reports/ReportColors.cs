using System.Globalization;
using System.Text;

namespace Pith.Core.Reports;

/// <summary>The colors of pages and charts, each with its value on light and on dark ground.</summary>
/// <remarks>The series colors are those of Okabe and Ito (distinguishable with any color vision), darkened on light and lightened
/// on dark ground until each has a contrast of at least 3:1; texts have at least 4.5:1.</remarks>
internal static class ReportColors
{
    /// <summary>One named color.</summary>
    /// <param name="Name">Name of the CSS variable, without the dashes.</param>
    /// <param name="Light">0xRRGGBB on light ground.</param>
    /// <param name="Dark">0xRRGGBB on dark ground.</param>
    internal sealed record Entry(string Name, int Light, int Dark)
    {
        /// <summary>The light value as OxyPlot writes it; unique in <see cref="All"/>.</summary>
        public string LightRgb => string.Create(CultureInfo.InvariantCulture, $"rgb({Light >> 16},{(Light >> 8) & 255},{Light & 255})");
    }

    public static readonly Entry Paper = new("paper", 0xFFFFFF, 0x14171B);
    public static readonly Entry Ink = new("ink", 0x1C2127, 0xE6E9ED);
    public static readonly Entry Soft = new("soft", 0x59636E, 0x9DA7B2);
    public static readonly Entry Line = new("line", 0xDFE3E8, 0x323A43);
    public static readonly Entry Card = new("card", 0xF5F7F9, 0x1C2127);
    public static readonly Entry Accent = new("accent", 0x0B6E4F, 0x5CD6A9);
    public static readonly Entry Tint = new("tint", 0xE6F4EE, 0x16332A);

    public static readonly Entry[] Series =
    [
        new("series-1", 0x0067A3, 0x5AB4F0),
        new("series-2", 0xC64F00, 0xFF9A4D),
        new("series-3", 0x00805C, 0x3FCF9F),
        new("series-4", 0xA84A86, 0xE79CCB),
        new("series-5", 0x8A6A00, 0xE8C547),
        new("series-6", 0x5B5BD6, 0xA9A9FF),
        new("series-7", 0x6B7280, 0xB8C0CA),
    ];

    public static IEnumerable<Entry> All => [Paper, Ink, Soft, Line, Card, Accent, Tint, .. Series];

    /// <summary>The colors as CSS variables, with the dark values where the reader prefers them.</summary>
    public static string ToCss()
    {
        var css = new StringBuilder(":root{color-scheme:light dark");
        foreach (var color in All)
            css.Append(CultureInfo.InvariantCulture, $";--{color.Name}:#{color.Light:x6}");
        css.Append("}@media(prefers-color-scheme:dark){:root{");
        css.AppendJoin(';', All.Select(color => string.Create(CultureInfo.InvariantCulture, $"--{color.Name}:#{color.Dark:x6}")));
        return css.Append("}}").ToString();
    }
}
