using System.Text;
using System.Text.Json;
using Pith.Models.Tokenizers.Bpe;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>model</c> of a tokenizer.json that is byte-pair encoding.</summary>
internal static class BpeReader
{
    /// <summary>Reads the model.</summary>
    /// <param name="node">The model.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="byteLevel">Whether the vocabulary is written in the byte alphabet.</param>
    /// <param name="mapped">Whether pieces reach the model in the byte alphabet.</param>
    public static TokenModel Read(JsonNode node, Vocabulary vocabulary, bool byteLevel, bool mapped)
    {
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (node.Optional(name) is { } affix && affix.Text().Length > 0)
                throw affix.Malformed($"a BPE vocabulary with {name} is not read");
        }

        var merges = MergeList.Build(ReadMerges(node.Required("merges")), vocabulary, node.File);
        var unknown = node.Optional("unk_token")?.Text();
        var unknownId = unknown is not null && vocabulary.Ids.TryGetValue(unknown, out var id) ? id : -1;
        var wholeWords = node.Flag("ignore_merges", false) ? vocabulary.Ids : null;
        if (byteLevel)
            return new ByteLevelBpe(ByteIds(vocabulary), merges, wholeWords, mapped, unknownId);
        return new CharacterBpe(new CharacterBpeParts
        {
            Texts = vocabulary.Texts,
            CharacterIds = CharacterIds(vocabulary),
            Merges = merges,
            ByteIds = node.Flag("byte_fallback", false) ? FallbackIds(vocabulary) : null,
            UnknownId = unknownId,
            FusesUnknown = node.Flag("fuse_unk", false),
            WholeWords = wholeWords,
        });
    }

    /// <summary>Ids of the one-byte tokens of a vocabulary in the byte alphabet [256]; -1 where there is none.</summary>
    public static int[] ByteIds(Vocabulary vocabulary)
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
            ids[value] = vocabulary.Ids.GetValueOrDefault(ByteAlphabet.Character((byte)value).ToString(), -1);
        return ids;
    }

    /// <summary>Ids of the tokens <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c> [256]; -1 where there is none.</summary>
    public static int[] FallbackIds(Vocabulary vocabulary)
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
            ids[value] = vocabulary.Ids.GetValueOrDefault($"<0x{value:X2}>", -1);
        return ids;
    }

    /// <summary>Ids of the tokens of one code point.</summary>
    public static Dictionary<Rune, int> CharacterIds(Vocabulary vocabulary)
    {
        var ids = new Dictionary<Rune, int>();
        foreach (var (text, id) in vocabulary.Ids)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) == System.Buffers.OperationStatus.Done
                && length == text.Length)
            {
                ids.Add(rune, id);
            }
        }

        return ids;
    }

    private static List<(string Left, string Right)> ReadMerges(JsonNode node)
    {
        var merges = new List<(string Left, string Right)>();
        foreach (var merge in node.Items())
        {
            if (merge.Element.ValueKind == JsonValueKind.String)
            {
                merges.Add(MergeList.Parse(merge.Text(), node.File, merges.Count));
                continue;
            }

            var pair = merge.Items().Select(static part => part.Text()).ToArray();
            if (pair.Length != 2)
                throw merge.Malformed($"expected two tokens, found {pair.Length}");
            merges.Add((pair[0], pair[1]));
        }

        return merges;
    }
}
