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
        var found = First(text);
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

    // Where the stop string begins that is complete first, however the text is cut; of two that end together the longer. -1 for none.
    private int First(string text)
    {
        var (start, end) = (-1, int.MaxValue);
        foreach (var stop in stops)
        {
            var index = text.IndexOf(stop, StringComparison.Ordinal);
            if (index >= 0 && (index + stop.Length, index).CompareTo((end, start)) < 0)
                (start, end) = (index, index + stop.Length);
        }

        return start;
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
