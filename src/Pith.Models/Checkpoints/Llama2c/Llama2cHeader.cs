using System.Buffers.Binary;
using Pith.Core.Diagnostics;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Llama2c;

/// <summary>The header of a llama2.c file.</summary>
/// <remarks>Version 0: seven int32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, max_seq_len), 28 bytes; a negative
/// vocab_size says that the output matrix is not the embedding. Versions 1 and 2: the magic 0x616b3432, an int32 version, the same
/// seven, a byte which says whether the output matrix is the embedding, in version 2 an int32 group size, zeros up to byte 256.
/// Source: export.py of github karpathy/llama2.c.</remarks>
internal sealed record Llama2cHeader(
    int Version, int Width, int MlpWidth, int Layers, int Heads, int KvHeads, int Vocabulary, int Context, bool IsHeadTied, int GroupSize)
{
    /// <summary>The first four bytes of versions above 0, as a little-endian number.</summary>
    public const uint Magic = 0x616B3432;

    /// <summary>Bytes of the header of version 0.</summary>
    public const int ShortBytes = 28;

    /// <summary>Bytes of the header of the other versions.</summary>
    public const int LongBytes = 256;

    private const int LargestWidth = 1 << 20;
    private const int MostLayers = 4096;
    private const int LargestVocabulary = 1 << 24;
    private const int LongestContext = 1 << 27;
    private const int LargestGroup = 1 << 20;

    /// <summary>Bytes before the first tensor.</summary>
    public int Bytes => Version == 0 ? ShortBytes : LongBytes;

    /// <summary>Width of one head.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>Width of all key (or value) heads.</summary>
    public int KvWidth => KvHeads * HeadSize;

    /// <summary>Bytes below which no file of any version has these blocks: two bits a weight. Known before a layout is made,
    /// whose length depends on the claimed number of blocks.</summary>
    public long LeastBytes => (long)Layers * Width * ((2L * Width) + (2L * KvWidth) + (3L * MlpWidth)) / 4;

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="PithException">No such header (<see cref="ModelsErrors.BadLlama2c"/>).</exception>
    public static Llama2cHeader Read(MappedFile file)
    {
        var hasMagic = file.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(file.Span(0, sizeof(uint))) == Magic;
        var bytes = hasMagic ? LongBytes : ShortBytes;
        if (file.Length < bytes)
            throw Bad(file, $"expected a header of {bytes} bytes, found a file of {file.Length} bytes");
        var span = file.Span(0, bytes);
        var version = hasMagic ? Integer(span, 4) : 0;
        if (version is < 0 or > 2)
            throw Bad(file, $"expected version 0, 1 or 2, found {version} at byte 4");
        var at = hasMagic ? 8 : 0;
        var vocabulary = Integer(span, at + 20);
        var header = new Llama2cHeader(
            version,
            Checked(file, span, "dim", at, LargestWidth),
            Checked(file, span, "hidden_dim", at + 4, LargestWidth),
            Checked(file, span, "n_layers", at + 8, MostLayers),
            Checked(file, span, "n_heads", at + 12, LargestWidth),
            Checked(file, span, "n_kv_heads", at + 16, LargestWidth),
            version == 0 && vocabulary < 0 && vocabulary >= -LargestVocabulary ? -vocabulary : Checked(file, span, "vocab_size", at + 20, LargestVocabulary),
            Checked(file, span, "max_seq_len", at + 24, LongestContext),
            version == 0 ? vocabulary > 0 : span[at + 28] != 0,
            version == 2 ? Checked(file, span, "group_size", at + 29, LargestGroup) : 0);
        if (header.Width % header.Heads != 0 || header.HeadSize % 2 != 0)
            throw Bad(file, $"expected dim to be an even multiple of n_heads, found {header.Width} and {header.Heads} at byte {at}");
        if (header.Heads % header.KvHeads != 0)
            throw Bad(file, $"expected n_kv_heads to divide n_heads, found {header.KvHeads} and {header.Heads} at byte {at + 12}");
        return header;
    }

    /// <summary>The model which the header describes.</summary>
    /// <param name="isBitLinear">Whether the file is the ternary kind.</param>
    public LlamaConfig ToConfig(bool isBitLinear) => new()
    {
        ModelType = isBitLinear ? LlamaFamily.BitLlama : "llama",
        HiddenSize = Width,
        IntermediateSize = MlpWidth,
        Layers = Layers,
        Heads = Heads,
        KvHeads = KvHeads,
        HeadSize = HeadSize,
        VocabularySize = Vocabulary,
        ContextLength = Context,
        IsHeadTied = IsHeadTied,
        IsBitLinear = isBitLinear,
        BosId = Vocabulary > Bos ? Bos : null,
        // llama2.c separates texts by BOS alone and ends at it; SentencePiece's EOS is there too.
        EosIds = [.. new[] { Bos, Eos }.Where(id => id < Vocabulary)],
    };

    /// <summary>The exception for a file that is not as it must be.</summary>
    public static PithException Bad(MappedFile file, string what) => new(ModelsErrors.BadLlama2c, $"{file.Path}: {what}");

    private const int Bos = 1;
    private const int Eos = 2;

    private static int Integer(ReadOnlySpan<byte> span, int offset) => BinaryPrimitives.ReadInt32LittleEndian(span[offset..]);

    private static int Checked(MappedFile file, ReadOnlySpan<byte> span, string name, int offset, int most)
    {
        var value = Integer(span, offset);
        return value >= 1 && value <= most
            ? value
            : throw Bad(file, $"{name}: expected a number from 1 to {most}, found {value} at byte {offset}");
    }
}
