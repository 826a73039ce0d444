using System.Text;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Learns a byte-level BPE vocabulary from text.</summary>
/// <remarks>Sennrich et al. 2016 on bytes (GPT-2): text is cut into words by the GPT-2 rule; repeatedly the most frequent pair of
/// neighbouring tokens inside a word becomes a token. Among equally frequent pairs the one whose left token, then right token,
/// comes first in byte order wins, so that the result depends on the text alone. Pair counts are kept up to date
/// word by word, hence the time is that of counting the words plus O(changed words) a merge. Not thread-safe.</remarks>
public sealed class BytePairTrainer
{
    /// <summary>Tokens that are there before any merge: end-of-text and the 256 bytes.</summary>
    public const int BaseSize = 257;

    private readonly int _vocabularySize;
    private readonly long _minimumCount;
    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>Creates a trainer without text.</summary>
    /// <param name="vocabularySize">Tokens in all, at least 257. Fewer come out when the text has too few pairs.</param>
    /// <param name="minimumCount">Pairs that occur less often are not merged; at least 1.</param>
    public BytePairTrainer(int vocabularySize, long minimumCount = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, BaseSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        _vocabularySize = vocabularySize;
        _minimumCount = minimumCount;
        _bySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Counts the words of a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = WordScanner.Gpt2.End(text, start);
            var word = text[start..end];
            _bySpan[word] = _bySpan.TryGetValue(word, out var count) ? count + 1 : 1;
            start = end;
        }
    }

    /// <summary>Counts the words of a text file; lines <c>&lt;|endoftext|&gt;</c> separate documents.</summary>
    public void Add(TextReader reader, CancellationToken cancellation = default)
    {
        foreach (var piece in TextPiece.Read(reader, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(piece.Text);
        }
    }

    /// <summary>Learns the merges from the words counted so far.</summary>
    public BytePairVocabulary Train(CancellationToken cancellation = default)
    {
        var table = new PairTable(_words.Select(entry => (Encoding.UTF8.GetBytes(entry.Key), entry.Value)));
        while (table.Tokens.Count < _vocabularySize && table.MergeBest(_minimumCount))
            cancellation.ThrowIfCancellationRequested();
        return new BytePairVocabulary(table.Tokens, table.Merges);
    }
}
