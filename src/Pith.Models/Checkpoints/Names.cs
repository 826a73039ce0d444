using System.Globalization;

namespace Pith.Models.Checkpoints;

/// <summary>Names and shapes from files, made fit for messages and arithmetic.</summary>
internal static class Names
{
    private const int LongestShown = 120;

    /// <summary>A name from a file, without control characters and not longer than a line.</summary>
    public static string Show(string name)
    {
        var shown = name.Length <= LongestShown ? name : name[..LongestShown] + "…";
        return string.Create(shown.Length, shown, static (span, text) =>
        {
            for (var index = 0; index < span.Length; index++)
                span[index] = char.IsControl(text[index]) || char.IsSurrogate(text[index]) ? '?' : text[index];
        });
    }

    /// <summary>A shape: <c>[3, 4]</c>.</summary>
    public static string Show(IReadOnlyList<long> shape) =>
        "[" + string.Join(", ", shape.Select(length => length.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <summary>The product of a shape; null where an axis passes its limit or the product does not fit.</summary>
    public static long? CountElements(IReadOnlyList<long> shape)
    {
        var product = 1L;
        foreach (var length in shape)
        {
            if (length is < 0 or > CheckpointLimits.AxisLength || (length > 0 && product > long.MaxValue / length))
                return null;
            product *= length;
        }

        return product;
    }
}
