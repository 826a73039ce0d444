using System.Buffers.Binary;
using System.Text;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Writes a SentencePiece BPE of a GGUF file as tokenizer.model.</summary>
/// <remarks>Source of the field numbers: sentencepiece_model.proto of google/sentencepiece.</remarks>
internal static class GgufPieces
{
    private const int BpeModel = 2;
    private const int None = -1;

    /// <summary>Writes the model.</summary>
    public static byte[] Write(GgufVocabulary vocabulary)
    {
        using var model = new MemoryStream();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            using var piece = new MemoryStream();
            Bytes(piece, 1, Encoding.UTF8.GetBytes(vocabulary.Tokens[id]));
            Single(piece, 2, vocabulary.Scores[id]);
            Integer(piece, 3, (int)vocabulary.Types[id]);
            Bytes(model, 1, piece.ToArray());
        }

        using var trainer = new MemoryStream();
        Integer(trainer, 3, BpeModel);
        Integer(trainer, 35, vocabulary.Types.Contains(GgufTokenType.Byte) ? 1 : 0);
        Integer(trainer, 40, vocabulary.UnknownId ?? 0);
        Integer(trainer, 41, vocabulary.BosId ?? None);
        Integer(trainer, 42, vocabulary.EosId ?? None);
        Integer(trainer, 43, None);
        Bytes(model, 2, trainer.ToArray());

        using var normalizer = new MemoryStream();
        Bytes(normalizer, 1, "identity"u8);
        Integer(normalizer, 3, vocabulary.AddsSpace ?? true ? 1 : 0);
        Integer(normalizer, 4, 0);
        Integer(normalizer, 5, 1);
        Bytes(model, 3, normalizer.ToArray());
        return model.ToArray();
    }

    private static void Bytes(Stream stream, int field, ReadOnlySpan<byte> bytes)
    {
        Variable(stream, ((ulong)field << 3) | 2);
        Variable(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Integer(Stream stream, int field, long value)
    {
        Variable(stream, (ulong)field << 3);
        Variable(stream, unchecked((ulong)value));
    }

    private static void Single(Stream stream, int field, float value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Variable(stream, ((ulong)field << 3) | 5);
        stream.Write(bytes);
    }

    private static void Variable(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)((value & 0x7F) | 0x80));
        stream.WriteByte((byte)value);
    }
}
