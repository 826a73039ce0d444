using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

/// <summary>Tokenizers whose ids the original tools gave for the golden texts; see Golden/make.md.</summary>
internal static class GoldenTokenizers
{
    private const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string O200kPattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string DigitsStage = """{"type":"Digits","individual_digits":true}""";

    /// <summary>What each is, and how it is made.</summary>
    public static IReadOnlyDictionary<string, (string What, Func<ITokenizer> Make)> All { get; } =
        new Dictionary<string, (string What, Func<ITokenizer> Make)>(StringComparer.Ordinal)
        {
            ["gpt2"] = ("GPT-2", () => Gpt2Vocabulary.Parse(
                SharedData.ReadBytes("lm/tokenizers/gpt2/encoder.json.zst"),
                SharedData.ReadBytes("lm/tokenizers/gpt2/vocab.bpe.zst"))),
            ["neox"] = ("GPT-NeoX-20B (Pythia)", () =>
                TokenizerJson.Parse(SharedData.ReadBytes("lm/tokenizers/neox/20B_tokenizer.json.zst"))),
            ["llama3"] = ("Llama 3's pipeline on GPT-2's vocabulary", () => OnGpt2($"[{Split(Llama3Pattern)},{ByteLevel(false)}]", ignoresMerges: true)),
            ["qwen2"] = ("Qwen 2's pipeline on GPT-2's vocabulary", () => OnGpt2(
                $"[{Split(Llama3Pattern.Replace("{1,3}", "", StringComparison.Ordinal))},{ByteLevel(false)}]", normalizer: """{"type":"NFC"}""")),
            ["o200k"] = ("o200k's pipeline on GPT-2's vocabulary", () => OnGpt2($"[{Split(O200kPattern)},{ByteLevel(false)}]")),
            ["starcoder"] = ("StarCoder's pipeline on GPT-2's vocabulary", () => OnGpt2($"[{DigitsStage},{ByteLevel(true)}]")),
            ["falcon"] = ("Falcon's pipeline on GPT-2's vocabulary", () => OnGpt2(
                $$"""[{"type":"Punctuation","behavior":"Contiguous"},{{ByteLevel(true)}},{"type":"Digits","individual_digits":false},{{Split("[0-9][0-9][0-9]")}}]""")),
            ["deepseek"] = ("a pipeline like DeepSeek's on GPT-2's vocabulary", () => OnGpt2(
                $"[{Split(@"[\r\n]")},{Split(@"\s?\p{L}+")},{Split(@"\s?\p{P}+")},{Split(@"\s+$")},{Split("[一-龥ࠀ-一가-퟿]+")},{DigitsStage},{ByteLevel(false)}]")),
            ["prefix"] = ("a space before every text, on GPT-2's vocabulary", () => OnGpt2($"[{ByteLevel(true, "true")}]")),
            ["bert-uncased"] = ("BERT uncased", () =>
                WordPieceVocabulary.Parse(SharedData.ReadBytes("lm/tokenizers/bert/bert-base-uncased-vocab.txt.zst"))),
            ["bert-chinese"] = ("BERT Chinese", () =>
                WordPieceVocabulary.Parse(SharedData.ReadBytes("lm/tokenizers/bert/bert-base-chinese-vocab.txt.zst"))),
            ["tok512"] = ("stories260K, SentencePiece file", () =>
                SentencePieceModel.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.model"))),
            ["tok105"] = ("babyllama105, SentencePiece file", () =>
                SentencePieceModel.Parse(SharedData.ReadBytes("lm/weights/babyllama105/tok105.model"))),
            ["llama2"] = ("Llama 2's pipeline on the vocabulary of stories260K", Llama2),
        };

    private static readonly ConcurrentDictionary<string, ITokenizer> s_made = new(StringComparer.Ordinal);

    /// <summary>One of them; made once.</summary>
    public static ITokenizer Get(string name) => s_made.GetOrAdd(name, static name => All[name].Make());

    /// <summary>The texts.</summary>
    public static string[] Texts() => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(PathOf("texts.json")))!;

    /// <summary>The expected ids of each text.</summary>
    public static int[][] Ids(string name) =>
    [
        .. File.ReadAllLines(PathOf(name + ".txt")).Select(static line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, null)).ToArray()),
    ];

    private static string PathOf(string file) =>
        Path.Combine(AppContext.BaseDirectory, "Tokenizers", "Golden", file);

    private static string Split(string pattern) =>
        $$"""{"type":"Split","pattern":{"Regex":{{JsonSerializer.Serialize(pattern)}}},"behavior":"Isolated","invert":false}""";

    private static string ByteLevel(bool pattern, string prefix = "false") =>
        $$"""{"type":"ByteLevel","add_prefix_space":{{prefix}},"use_regex":{{(pattern ? "true" : "false")}}}""";

    private static ITokenizer Llama2()
    {
        var pieces = TinyTokenizers.ReadLlama2c(SharedData.ReadBytes("lm/weights/stories260K/tok512.bin"));
        const int FirstText = 259;
        string[] special = ["<unk>", "<s>", "</s>"];
        var texts = pieces.Select((piece, id) => id < 3 ? special[id] : piece.Text.Replace(' ', '▁')).ToList();
        var places = texts.Index().ToDictionary(static item => item.Item, static item => item.Index, StringComparer.Ordinal);
        var merges = Enumerable.Range(FirstText, texts.Count - FirstText)
            .SelectMany(id => Enumerable.Range(1, texts[id].Length - 1).Select(cut => (Id: id, Left: texts[id][..cut], Right: texts[id][cut..])))
            .Where(merge => places.GetValueOrDefault(merge.Left) >= FirstText && places.GetValueOrDefault(merge.Right) >= FirstText)
            .OrderByDescending(merge => pieces[merge.Id].Score)
            .ThenBy(static merge => merge.Id)
            .Select(static merge => (JsonNode)$"{merge.Left} {merge.Right}");
        return TokenizerJson.Parse(TinyTokenizers.ToBytes(new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                [.. special.Select(static (text, id) => (JsonNode)new JsonObject { ["id"] = id, ["content"] = text, ["special"] = true })]),
            ["normalizer"] = JsonNode.Parse(
                """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""),
            ["decoder"] = JsonNode.Parse(
                """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = new JsonObject(places.Select(static place => KeyValuePair.Create(place.Key, (JsonNode?)place.Value))),
                ["merges"] = new JsonArray([.. merges]),
            },
        }));
    }

    private static readonly Lazy<string> s_gpt2 = new(() =>
    {
        var merges = SharedData.ReadText("lm/tokenizers/gpt2/vocab.bpe.zst").Split('\n').Skip(1).Where(static line => line.Length > 0);
        return $"\"type\":\"BPE\",\"vocab\":{SharedData.ReadText("lm/tokenizers/gpt2/encoder.json.zst")},\"merges\":{JsonSerializer.Serialize(merges)}";
    });

    private static ITokenizer OnGpt2(string stages, bool ignoresMerges = false, string normalizer = "null") =>
        TokenizerJson.Parse(Encoding.UTF8.GetBytes($$"""
            {"normalizer":{{normalizer}},"pre_tokenizer":{"type":"Sequence","pretokenizers":{{stages}}},"decoder":{"type":"ByteLevel"},
             "model":{"ignore_merges":{{(ignoresMerges ? "true" : "false")}},{{s_gpt2.Value}} } }
            """));
}
