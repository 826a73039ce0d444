namespace Pith.Core.Diagnostics;

/// <summary>How many letters must be put in, left out or replaced to make one word of another (Levenshtein). For messages about a word
/// that is unknown. Thread-safe.</summary>
public static class EditDistance
{
    /// <summary>The distance of two words; 0 where they are equal.</summary>
    public static int Between(string a, string b) => Distances(a, b)[^1];

    /// <summary>The distance of a word from the nearest beginning of another; 0 where <paramref name="whole"/> begins with <paramref name="beginning"/>.</summary>
    public static int FromBeginning(string beginning, string whole) => Distances(beginning, whole).Min();

    // The distance of a from every beginning of b, the empty one first; one row of the table at a time.
    private static int[] Distances(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row;
    }
}
