using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Training;

namespace Pith.Tune.Text;

/// <summary>A text file as one stream of token ids, each document followed by the end-of-text id.</summary>
/// <remarks>Immutable apart from the array it hands out.</remarks>
public sealed class TrainingText
{
    private TrainingText(ushort[] ids, string textDigest, string tokenizerDigest, long bytes)
    {
        Ids = ids;
        TextDigest = textDigest;
        TokenizerDigest = tokenizerDigest;
        Bytes = bytes;
    }

    /// <summary>The stream.</summary>
    public ushort[] Ids { get; }

    /// <summary>SHA-256 of the text (decompressed), lower-case hexadecimal; of several texts, that of their digests with spaces between.</summary>
    public string TextDigest { get; }

    /// <summary>SHA-256 of the tokenizer's first file (<c>tokenizer.json</c>), lower-case hexadecimal.</summary>
    public string TokenizerDigest { get; }

    /// <summary>Length of the text (decompressed) in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Reads and encodes a text, or takes the ids from the cache if this text was encoded with this tokenizer before.</summary>
    /// <param name="path">UTF-8 text, plain or <c>.zst</c>. Lines <c>&lt;|endoftext|&gt;</c> separate documents.</param>
    /// <param name="tokenizer">At most 65,536 tokens; its end-of-text id, if any, follows each document.</param>
    /// <param name="cacheDirectory">Where encoded texts are kept; null keeps none.</param>
    /// <param name="cancellation">Checked once per million characters.</param>
    /// <exception cref="PithException"><see cref="TuneErrors.VocabularyTooLarge"/>, or the file cannot be read.</exception>
    public static TrainingText Load(string path, TokenizerBundle tokenizer, string? cacheDirectory, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var vocabularySize = tokenizer.Tokenizer.VocabularySize;
        if (vocabularySize > ushort.MaxValue + 1)
            throw new PithException(TuneErrors.VocabularyTooLarge, $"{tokenizer.Files[0]}: expected at most 65536 tokens, found {vocabularySize}.");
        var (textDigest, bytes) = TextFile.Read(path, stream => Digest(stream, cancellation));
        var tokenizerDigest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(tokenizer.Files[0])));
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"ids-v1 {textDigest} {tokenizerDigest}")))[..32];
        var cached = cacheDirectory is null ? null : Path.Combine(cacheDirectory, "tokens", key + ".u16");
        if (cached is not null && File.Exists(cached))
            return new TrainingText(MemoryMarshal.Cast<byte, ushort>(File.ReadAllBytes(cached)).ToArray(), textDigest, tokenizerDigest, bytes);

        var ids = Encode(path, tokenizer.Tokenizer, cancellation);
        if (cached is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cached)!);
            AtomicFile.Write(cached, stream => stream.Write(MemoryMarshal.AsBytes(ids.AsSpan())));
        }
        return new TrainingText(ids, textDigest, tokenizerDigest, bytes);
    }

    /// <summary>Several texts, one after the other, as one.</summary>
    /// <param name="texts">At least one; all encoded with the same tokenizer.</param>
    public static TrainingText Join(IReadOnlyList<TrainingText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        if (texts.Select(text => text.TokenizerDigest).Distinct(StringComparer.Ordinal).Count() > 1)
            throw new ArgumentException("The texts were encoded with different tokenizers.", nameof(texts));
        if (texts is [var only]) return only;
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', texts.Select(text => text.TextDigest))));
        return new TrainingText([.. texts.SelectMany(text => text.Ids)], Convert.ToHexStringLower(digest), texts[0].TokenizerDigest, texts.Sum(text => text.Bytes));
    }

    private static ushort[] Encode(string path, ITokenizer tokenizer, CancellationToken cancellation)
    {
        var ids = new List<ushort>();
        return TextFile.Read(path, stream =>
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            foreach (var (text, endsDocument) in TextPiece.Read(reader, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var id in tokenizer.Encode(text)) ids.Add((ushort)id);
                if (endsDocument && tokenizer.EosId is { } eos) ids.Add((ushort)eos);
            }
            return ids.ToArray();
        });
    }

    private static (string Digest, long Bytes) Digest(Stream stream, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var bytes = 0L;
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
            bytes += count;
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }
}
