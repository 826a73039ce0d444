using System.Text;

namespace Pith.Models.Tests.Tokenizers;

/// <summary>Writes SentencePiece files by hand: the field numbers are those of sentencepiece_model.proto.</summary>
internal static class SentencePieceBytes
{
    /// <summary>A BPE model of a few pieces.</summary>
    public static byte[] Bpe() => Write(
        2, [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁a", -1, 1), ("bc", -2, 1), ("▁", -3, 1), ("a", -4, 1), ("b", -5, 1), ("c", -6, 1)]);

    /// <summary>A model.</summary>
    /// <param name="type">1 Unigram, 2 BPE, 3 words, 4 characters.</param>
    /// <param name="pieces">Text, score and type (1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte) by id.</param>
    /// <param name="byteFallback">Whether unknown characters become bytes.</param>
    /// <param name="dummyPrefix">Whether a space is put before the text.</param>
    /// <param name="removeExtraSpaces">Whether leading, trailing and repeated spaces go.</param>
    public static byte[] Write(
        int type,
        IEnumerable<(string Text, float Score, int Type)> pieces,
        bool byteFallback = false,
        bool dummyPrefix = true,
        bool removeExtraSpaces = true)
    {
        var file = new List<byte>();
        foreach (var (text, score, kind) in pieces)
        {
            byte[] piece = [0x0A, .. Sized(Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, (byte)kind];
            file.AddRange([0x0A, .. Sized(piece)]);
        }

        file.AddRange([0x12, .. Sized([0x18, (byte)type, 0x98, 0x02, (byte)(byteFallback ? 1 : 0)])]); // fields 3 and 35
        file.AddRange([0x1A, .. Sized([0x18, (byte)(dummyPrefix ? 1 : 0), 0x20, (byte)(removeExtraSpaces ? 1 : 0)])]);
        return [.. file];
    }

    private static byte[] Sized(byte[] bytes)
    {
        Assert.InRange(bytes.Length, 0, 127);
        return [(byte)bytes.Length, .. bytes];
    }
}
