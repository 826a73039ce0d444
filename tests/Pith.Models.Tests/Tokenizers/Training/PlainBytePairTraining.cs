using System.Text;
using System.Text.RegularExpressions;

namespace Pith.Models.Tests.Tokenizers.Training;

/// <summary>Byte-level BPE training as the paper tells it: all pairs are counted anew before every merge.</summary>
internal static partial class PlainBytePairTraining
{
    /// <summary>The merges, each as the bytes of its two tokens (Latin-1 text).</summary>
    public static List<(string Left, string Right)> Train(string text, int vocabularySize, long minimumCount)
    {
        var words = Words().Matches(text)
            .Select(match => Encoding.UTF8.GetBytes(match.Value).Select(value => ((char)value).ToString()).ToList()).ToList();
        var merges = new List<(string Left, string Right)>();
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        while (257 + tokens.Count < vocabularySize)
        {
            var counts = new Dictionary<(string Left, string Right), long>();
            foreach (var word in words)
                for (var i = 0; i + 1 < word.Count; i++)
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
            if (counts.Count == 0 || counts.Values.Max() < minimumCount) break;
            var best = counts.Where(pair => pair.Value == counts.Values.Max()).Select(pair => pair.Key)
                .OrderBy(pair => pair.Left, StringComparer.Ordinal).ThenBy(pair => pair.Right, StringComparer.Ordinal).First();
            merges.Add(best);
            tokens.Add(best.Left + best.Right);
            foreach (var word in words) Apply(word, best);
        }
        return merges;
    }

    /// <summary>The tokens of a text: every merge in turn, everywhere, from the left.</summary>
    public static List<string> Encode(string text, IReadOnlyList<(string Left, string Right)> merges)
    {
        var tokens = new List<string>();
        foreach (Match match in Words().Matches(text))
        {
            var word = Encoding.UTF8.GetBytes(match.Value).Select(value => ((char)value).ToString()).ToList();
            foreach (var merge in merges) Apply(word, merge);
            tokens.AddRange(word);
        }
        return tokens;
    }

    private static void Apply(List<string> word, (string Left, string Right) merge)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != merge.Left || word[i + 1] != merge.Right) continue;
            word[i] += merge.Right;
            word.RemoveAt(i + 1);
        }
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.None, 10_000)]
    private static partial Regex Words();
}
