using System.Globalization;
using Pith.Core.Diagnostics;

namespace Pith.Core.Sites;

/// <summary>The stable address of one matrix product in a model: <c>layers.3.attn.q</c>.</summary>
/// <remarks>Ordered by layer, then by the order of computation. Immutable, hence thread-safe.</remarks>
/// <param name="Layer">Index of the transformer block, from 0.</param>
/// <param name="Kind">The product's place in the block.</param>
public readonly record struct Site(int Layer, SiteKind Kind) : IComparable<Site>
{
    // The longest address has 24 letters; what is much longer is no typing error.
    private const int LongestMisspelt = 48;

    private static readonly (SiteKind Kind, string Name)[] Names =
    [
        (SiteKind.AttnQ, "attn.q"), (SiteKind.AttnK, "attn.k"), (SiteKind.AttnV, "attn.v"),
        (SiteKind.AttnQk, "attn.qk"), (SiteKind.AttnAv, "attn.av"), (SiteKind.AttnO, "attn.o"),
        (SiteKind.MlpGate, "mlp.gate"), (SiteKind.MlpUp, "mlp.up"), (SiteKind.MlpDown, "mlp.down"),
        (SiteKind.MlpFc1, "mlp.fc1"), (SiteKind.MlpFc2, "mlp.fc2"),
    ];

    /// <summary>The product's name inside a block: <c>attn.q</c>.</summary>
    public string Name => Names[(int)Kind].Name;

    /// <summary>Whether one operand is a stored weight. False for <c>attn.qk</c> and <c>attn.av</c>, whose two operands are
    /// activations; there a plan's "weights" is the format of the right operand, K or V.</summary>
    public bool HasWeight => Kind is not (SiteKind.AttnQk or SiteKind.AttnAv);

    /// <summary>Reads an address.</summary>
    /// <exception cref="PithException">The text is no address (<see cref="CoreErrors.UnknownSite"/>).</exception>
    public static Site Parse(string text) => TryParse(text, out var site)
        ? site
        : throw new PithException(
            CoreErrors.UnknownSite,
            $"expected a site such as layers.0.attn.q, found `{text}`{(Nearest(text) is { } near ? $" (nearest: {near})" : "")}");

    /// <summary>Reads an address in the form which <see cref="ToString"/> writes; false when the text is none.</summary>
    public static bool TryParse(string? text, out Site site)
    {
        site = default;
        var parts = text?.Split('.', 3) ?? [];
        if (parts.Length != 3 || parts[0] != "layers"
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var layer))
        {
            return false;
        }

        var index = Array.FindIndex(Names, entry => entry.Name == parts[2]);
        if (index < 0)
            return false;

        // One site, one text: `layers.007` would be a second name of layers.7.
        site = new Site(layer, Names[index].Kind);
        return text == site.ToString();
    }

    /// <summary>The site whose address is nearest to a text, in the layer of its first number, or 0; null if none is near.</summary>
    public static Site? Nearest(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = string.Concat(text.SkipWhile(letter => !char.IsAsciiDigit(letter)).TakeWhile(char.IsAsciiDigit));
        if (text.Length > LongestMisspelt || (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) && digits.Length > 0))
            return null;
        var (site, distance) = Names
            .Select(entry => (Site: new Site(layer, entry.Kind), Distance: EditDistance.Between(text, new Site(layer, entry.Kind).ToString())))
            .MinBy(known => known.Distance);
        return distance <= text.Length / 2 ? site : null;
    }

    /// <inheritdoc/>
    public int CompareTo(Site other) => (Layer, Kind).CompareTo((other.Layer, other.Kind));

    /// <summary>Whether this site comes before another.</summary>
    public static bool operator <(Site left, Site right) => left.CompareTo(right) < 0;

    /// <summary>Whether this site comes after another.</summary>
    public static bool operator >(Site left, Site right) => left.CompareTo(right) > 0;

    /// <summary>Whether this site does not come after another.</summary>
    public static bool operator <=(Site left, Site right) => left.CompareTo(right) <= 0;

    /// <summary>Whether this site does not come before another.</summary>
    public static bool operator >=(Site left, Site right) => left.CompareTo(right) >= 0;

    /// <summary>The address as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"layers.{Layer}.{Name}");
}
