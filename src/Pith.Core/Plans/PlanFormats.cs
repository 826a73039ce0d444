using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;

namespace Pith.Core.Plans;

/// <summary>Reads the number formats of a plan, and gathers those that are unknown, so that they can be told all at once.</summary>
/// <param name="name">What to call the document in messages.</param>
internal sealed class PlanFormats(string name)
{
    private const int UnknownNamed = 50;

    // The names of formats have at most 13 letters; what is much longer is no typing error.
    private const int LongestMisspelt = 24;

    private readonly List<string> unknown = [];
    private int unknownCount;

    /// <summary>A number format, written as text; null where it is unknown.</summary>
    /// <param name="value">The member's value.</param>
    /// <param name="where">Site and member, for messages.</param>
    public NumberFormat? Read(JsonElement value, string where)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (NumberFormat.TryParse(text, out var format))
            return format;
        unknownCount++;
        if (unknown.Count < UnknownNamed)
            unknown.Add($"{where}: `{PlanJson.Quote(text)}`" + (Nearest(text) is { } near ? $" (nearest: {near})" : ""));
        return null;
    }

    /// <summary>Refuses the plan where a format was unknown.</summary>
    public void RequireAllKnown()
    {
        if (unknownCount == 0)
            return;
        var more = unknownCount > unknown.Count ? $" and {unknownCount - unknown.Count} more" : "";
        throw PlanJson.Bad(name, $"expected number formats, found {string.Join(", ", unknown)}{more}");
    }

    /// <summary>The format in common use whose name, or the beginning of whose name, is nearest; null if none is near.</summary>
    internal static string? Nearest(string text)
    {
        if (text.Length > LongestMisspelt)
            return null;
        var (name, distance) = FormatCatalog.All
            .Select(known => (Name: known.Format.ToString(), Distance: EditDistance.FromBeginning(text.ToLowerInvariant(), known.Format.ToString())))
            .MinBy(known => known.Distance);
        return distance <= text.Length / 2 ? name : null;
    }
}
