using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tests.Tokenizers;

/// <summary>Tokenizers small enough to work by hand.</summary>
internal static class TinyTokenizers
{
    /// <summary>Bytes 0 … 255 with their own values as ids, then the joined tokens of the merges, then a special token.</summary>
    public static ITokenizer ByteLevel(params string[] merges) => TokenizerJson.Parse(ToBytes(ByteLevelJson(merges)));

    /// <summary>The tokenizer.json of <see cref="ByteLevel"/>.</summary>
    public static JsonObject ByteLevelJson(params string[] merges)
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++)
            vocabulary[ByteAlphabet.Character((byte)value).ToString()] = value;
        foreach (var merge in merges)
            vocabulary.TryAdd(merge.Replace(" ", "", StringComparison.Ordinal), vocabulary.Count);
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject { ["id"] = vocabulary.Count, ["content"] = "<|endoftext|>", ["special"] = true }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(static merge => (JsonNode)merge)]),
            },
        };
    }

    /// <summary>A tokenizer.bin: the three special tokens, the bytes, then " ", "a", "b", " a", "ab", " ab".</summary>
    public static ITokenizer Llama2c() => Llama2cTokenizer.Parse(Llama2cBytes(
        [.. Llama2cSpecials(), (" ", -1f), ("a", -2f), ("b", -3f), (" a", -4f), ("ab", -5f), (" ab", -6f)]));

    /// <summary>The special tokens and the bytes of a tokenizer.bin.</summary>
    public static (string Text, float Score)[] Llama2cSpecials() =>
    [
        ("<unk>", 0f), ("\n<s>\n", 0f), ("\n</s>\n", 0f),
        .. Enumerable.Range(0, 256).Select(static value => ($"<0x{value:X2}>", 0f)),
    ];

    /// <summary>A tokenizer.bin of some tokens.</summary>
    public static byte[] Llama2cBytes(IReadOnlyCollection<(string Text, float Score)> tokens)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(tokens.Max(static token => Encoding.UTF8.GetByteCount(token.Text)));
        foreach (var (text, score) in tokens)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            writer.Write(score);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>The tokens of a tokenizer.bin.</summary>
    public static IReadOnlyList<(string Text, float Score)> ReadLlama2c(byte[] file)
    {
        var tokens = new List<(string, float)>();
        using var reader = new BinaryReader(new MemoryStream(file));
        reader.ReadInt32();
        while (reader.BaseStream.Position < file.Length)
        {
            var score = reader.ReadSingle();
            tokens.Add((Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32())), score));
        }

        return tokens;
    }

    /// <summary>A JSON value as a file.</summary>
    public static byte[] ToBytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json);
}
