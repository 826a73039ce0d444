using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Core.Plans;

/// <summary>Reads the sites and the number formats which a document names, and gathers those that are none, so that they can be told all at
/// once, each with the nearest. Not thread-safe.</summary>
public sealed class DocumentNames
{
    private const int UnknownNamed = 50;
    private const int LongestQuote = 80;

    private readonly List<string> sites = [];
    private readonly List<string> formats = [];
    private int unknownSites;
    private int unknownFormats;

    /// <summary>What is wrong with the names, up to 50 sites and 50 formats in words; null where all are known.</summary>
    public string? Unknown => unknownSites + unknownFormats == 0
        ? null
        : string.Join("; ", new[] { Words("sites", sites, unknownSites), Words("number formats", formats, unknownFormats) }.OfType<string>());

    /// <summary>The address of a site; null where the text is none.</summary>
    public Site? ReadSite(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Site.TryParse(text, out var site))
            return site;
        Add(sites, ref unknownSites, $"`{Quote(text)}`", Site.Nearest(text)?.ToString());
        return null;
    }

    /// <summary>A number format; null where the text is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">What it is the format of, for messages.</param>
    public NumberFormat? ReadFormat(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (NumberFormat.TryParse(text, out var format))
            return format;
        Add(formats, ref unknownFormats, $"{where}: `{Quote(text)}`", FormatCatalog.Nearest(text));
        return null;
    }

    /// <summary>A text for a message: its beginning, if it is long.</summary>
    public static string Quote(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";

    private static void Add(List<string> unknown, ref int count, string found, string? nearest)
    {
        count++;
        if (unknown.Count < UnknownNamed)
            unknown.Add(nearest is null ? found : $"{found} (nearest: {nearest})");
    }

    private static string? Words(string expected, List<string> unknown, int count) => count == 0
        ? null
        : $"expected {expected}, found {string.Join(", ", unknown)}{(count > unknown.Count ? $" and {count - unknown.Count} more" : "")}";
}
