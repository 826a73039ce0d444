using System.Text;

namespace Pith.Models.Generation;

/// <summary>Finds the end of a text that comes in pieces, wherever the pieces are cut.</summary>
/// <remarks>Text that could be the beginning of a stop string is held back until it is decided. Not thread-safe.</remarks>
internal sealed class StopStrings
{
    private readonly string[] stops;
    private readonly StringBuilder held = new();

    /// <summary>Waits for some strings.</summary>
    /// <param name="stops">The strings which end the text; none is empty.</param>
    public StopStrings(IEnumerable<string> stops) => this.stops = [.. stops];

    /// <summary>Whether a stop string has come; the text before it has been returned and nothing follows.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Takes a piece, and returns the text that is certain to come before any stop string.</summary>
    public string Add(string piece)
    {
        if (IsFound)
            return string.Empty;
        held.Append(piece);
        var text = held.ToString();
        var found = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(-1).Min();
        IsFound = found >= 0;
        var certain = IsFound ? found : text.Length - LongestStart(text);
        held.Clear();
        if (!IsFound)
            held.Append(text, certain, text.Length - certain);
        return text[..certain];
    }

    /// <summary>Returns what was held back: the text has ended and no stop string was completed.</summary>
    public string Finish()
    {
        var rest = held.ToString();
        held.Clear();
        return rest;
    }

    // Characters at the end of the text that a stop string could begin with.
    private int LongestStart(string text)
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }

        return longest;
    }
}
