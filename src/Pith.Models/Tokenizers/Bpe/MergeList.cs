using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Turns a list of merges by token texts into a table by ids.</summary>
internal static class MergeList
{
    /// <summary>Builds the table; the rank of a merge is its place in the list.</summary>
    /// <param name="merges">Left and right token of each merge.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="file">Where the merges come from, for messages.</param>
    /// <exception cref="PithException">A merge names a token, or makes one, that the vocabulary lacks.</exception>
    public static MergeTable Build(IReadOnlyList<(string Left, string Right)> merges, Vocabulary vocabulary, string file)
    {
        if (merges.Count > TokenizerLimits.MaxMerges)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxMerges} merges are read, found {merges.Count}.");
        }

        var table = new MergeTable(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            if (left.Length + right.Length > TokenizerLimits.MaxTokenBytes)
            {
                throw new PithException(
                    ModelsErrors.TokenizerTooLarge,
                    $"{file}: merge {rank} makes a token of {left.Length + right.Length} characters; at most {TokenizerLimits.MaxTokenBytes} are read.");
            }

            table.Add(Id(left, rank), Id(right, rank), rank, Id(left + right, rank));
        }

        return table;

        int Id(string token, int rank) => vocabulary.Ids.TryGetValue(token, out var id)
            ? id
            : throw new PithException(
                ModelsErrors.TokenizerMergesInvalid,
                $"{file}: merge {rank} needs the token '{Vocabulary.Shorten(token)}', which the vocabulary lacks.");
    }

    /// <summary>Splits a merge written as two tokens with a space between.</summary>
    /// <exception cref="PithException">There is not exactly one space.</exception>
    public static (string Left, string Right) Parse(string line, string file, int rank)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
        {
            throw new PithException(
                ModelsErrors.TokenizerMergesInvalid,
                $"{file}: merge {rank}: expected two tokens with a space between, found '{Vocabulary.Shorten(line)}'.");
        }

        return (line[..space], line[(space + 1)..]);
    }
}
