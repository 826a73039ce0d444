using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Models.Tokenizers.Training;
using ZstdSharp;

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

    /// <summary>SHA-256 of the text (decompressed), lower-case hexadecimal.</summary>
    public string TextDigest { get; }

    /// <summary>SHA-256 of <c>tokenizer.json</c>, lower-case hexadecimal.</summary>
    public string TokenizerDigest { get; }

    /// <summary>Length of the text (decompressed) in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Reads and encodes a text, or takes the ids from the cache if this text was encoded with this tokenizer before.</summary>
    /// <param name="path">UTF-8 text, plain or <c>.zst</c>. Lines <c>&lt;|endoftext|&gt;</c> separate documents.</param>
    /// <param name="tokenizerDirectory">A folder with <c>tokenizer.json</c>.</param>
    /// <param name="cacheDirectory">Where encoded texts are kept; null keeps none.</param>
    /// <param name="cancellation">Checked once per million characters.</param>
    public static TrainingText Load(string path, string tokenizerDirectory, string? cacheDirectory, CancellationToken cancellation = default)
    {
        var (textDigest, bytes) = Digest(path, cancellation);
        var tokenizerFile = Path.Combine(tokenizerDirectory, "tokenizer.json");
        var tokenizerDigest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(tokenizerFile)));
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"ids-v1 {textDigest} {tokenizerDigest}")))[..32];
        var cached = cacheDirectory is null ? null : Path.Combine(cacheDirectory, "tokens", key + ".u16");
        if (cached is not null && File.Exists(cached))
            return new TrainingText(MemoryMarshal.Cast<byte, ushort>(File.ReadAllBytes(cached)).ToArray(), textDigest, tokenizerDigest, bytes);

        var ids = Encode(path, tokenizerDirectory, cancellation);
        if (cached is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cached)!);
            AtomicFile.Write(cached, stream => stream.Write(MemoryMarshal.AsBytes(ids.AsSpan())));
        }
        return new TrainingText(ids, textDigest, tokenizerDigest, bytes);
    }

    private static ushort[] Encode(string path, string tokenizerDirectory, CancellationToken cancellation)
    {
        var vocabulary = BytePairVocabularyReader.Read(tokenizerDirectory);
        if (vocabulary.Tokens.Count > ushort.MaxValue + 1)
            throw new PithException(TuneErrors.VocabularyTooLarge, $"{tokenizerDirectory}: expected at most 65536 tokens, found {vocabulary.Tokens.Count}.");
        var encoder = new BytePairEncoder(vocabulary);
        var piece = new List<int>();
        var ids = new List<ushort>();
        using var reader = new StreamReader(Open(path), Encoding.UTF8);
        foreach (var (text, endsDocument) in TextPiece.Read(reader, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            piece.Clear();
            encoder.Encode(text, piece);
            if (endsDocument) piece.Add(0);
            foreach (var id in piece) ids.Add((ushort)id);
        }
        return [.. ids];
    }

    private static (string Digest, long Bytes) Digest(string path, CancellationToken cancellation)
    {
        using var stream = Open(path);
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

    private static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        return path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? new DecompressionStream(file, leaveOpen: false) : file;
    }
}
