using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Models.Tests.Tokenizers;

/// <summary>Files that lie: every parser must answer with a tokenizer or a coded error.</summary>
public sealed class HostileTokenizerTests
{
    private static readonly byte[] s_json = TinyTokenizers.ToBytes(TinyTokenizers.ByteLevelJson("a b", "ab c"));
    private static readonly byte[] s_bin = TinyTokenizers.Llama2cBytes([.. TinyTokenizers.Llama2cSpecials(), (" ", -1f), ("a", -2f)]);
    private static readonly byte[] s_model = SentencePieceBytes.Bpe();

    public static TheoryData<string, string> WrongJson() => new()
    {
        { "", "PITH3202" },
        { "[]", "PITH3202" },
        { "{\"model\":null}", "PITH3202" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":[],\"merges\":[]}}", "PITH3202" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1.5},\"merges\":[]}}", "PITH3202" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}}", "PITH3202" },
        { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}", "PITH3201" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}", "PITH3203" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "PITH3203" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}", "PITH3203" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2147483647},\"merges\":[]}}", "PITH3203" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "PITH3204" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a\"]}}", "PITH3204" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"aa\"]}}", "PITH3204" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]}}", "PITH3202" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[],\"end_of_word_suffix\":\"</w>\"}}", "PITH3202" },
        { "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}", "PITH3209" },
        { "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\"]]}}", "PITH3202" },
        { "{\"model\":{\"type\":\"Unigram\",\"unk_id\":7,\"vocab\":[[\"a\",0]]}}", "PITH3202" },
        { "{\"added_tokens\":[{\"id\":0,\"content\":\"x\"}],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3203" },
        { "{\"normalizer\":{\"type\":\"Nmt\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3201" },
        { "{\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3201" },
        { "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"}},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3206" },
        { "{\"decoder\":{\"type\":\"CTC\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3201" },
        { "{\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "PITH3207" },
        { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\\ud800\":0},\"merges\":[]}}", "PITH3202" },
        { string.Concat(Enumerable.Repeat("{\"normalizer\":", 100_000)), "PITH3202" },
        { Nested("{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[", 40, "]}}"), "PITH3202" },
    };

    [Theory]
    [MemberData(nameof(WrongJson), DisableDiscoveryEnumeration = true)]
    public void Json_ThatIsWrong_GivesItsCode(string json, string code)
    {
        var error = Assert.Throws<PithException>(() => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json), "t.json"));
        Assert.Equal(code, error.Error.Code);
        Assert.StartsWith("t.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_UnknownParts_NamesTheKnownOnes()
    {
        const string Json = "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{}}}";
        var error = Assert.Throws<PithException>(() => TokenizerJson.Parse(Encoding.UTF8.GetBytes(Json)));
        Assert.Contains("'WordLevel' is not read; known: BPE, WordPiece, Unigram", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_MergesInACircle_AreEncodedAndEnd()
    {
        // "a" + "b" makes "ab", and "ab" + "a" makes "aba"; each join makes the text shorter, so that no circle can go on.
        var json = TinyTokenizers.ByteLevelJson("a b", "ab a", "b a", "a ba");
        var tokenizer = TokenizerJson.Parse(TinyTokenizers.ToBytes(json));
        Assert.Equal("abababa", tokenizer.Decode(tokenizer.Encode("abababa")));
    }

    [Fact]
    public void Json_PatternThatExplodes_TimesOutWithACode()
    {
        var json = TinyTokenizers.ByteLevelJson();
        json["pre_tokenizer"] = JsonNode.Parse("""{"type":"Split","pattern":{"Regex":"(a|a)*(a|a)*(a|a)*b"},"behavior":"Isolated"}""");
        var tokenizer = TokenizerJson.Parse(TinyTokenizers.ToBytes(json));
        var error = Assert.Throws<PithException>(() => tokenizer.Encode(new string('a', 5000)));
        Assert.Equal(ModelsErrors.TokenizerPatternInvalid, error.Error);
    }

    [Fact]
    public void Json_Damaged_GivesATokenizerOrACode() => Damaged(s_json, bytes => TokenizerJson.Parse(bytes));

    [Fact]
    public void SentencePiece_Damaged_GivesATokenizerOrACode() => Damaged(s_model, bytes => SentencePieceModel.Parse(bytes));

    [Fact]
    public void Llama2c_Damaged_GivesATokenizerOrACode() => Damaged(s_bin, bytes => Llama2cTokenizer.Parse(bytes));

    [Fact]
    public void WordPiece_Damaged_GivesATokenizerOrACode() =>
        Damaged("[UNK]\na\n##b\nab\n"u8.ToArray(), bytes => WordPieceVocabulary.Parse(bytes));

    [Fact]
    public void Llama2c_CutAnywhereInAToken_NamesTheByte()
    {
        var error = Assert.Throws<PithException>(() => Llama2cTokenizer.Parse(s_bin.AsMemory(0, s_bin.Length - 1)));
        Assert.Equal(ModelsErrors.Llama2cTokenizerMalformed, error.Error);
        Assert.Contains($"at byte {s_bin.Length - 9}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Llama2c_LengthOfGigabytes_IsRefusedWithoutAllocating()
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, int.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), int.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PithException>(() => Llama2cTokenizer.Parse(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void SentencePiece_Truncated_NamesTheByte()
    {
        var error = Assert.Throws<PithException>(() => SentencePieceModel.Parse(s_model.AsMemory(0, s_model.Length - 1), "x.model"));
        Assert.Equal(ModelsErrors.SentencePieceMalformed, error.Error);
        Assert.StartsWith("x.model: at byte ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SentencePiece_PieceTwice_IsRefused()
    {
        var bytes = SentencePieceBytes.Write(2, [("<unk>", 0, 2), ("a", -1, 1), ("a", -2, 1)]);
        var error = Assert.Throws<PithException>(() => SentencePieceModel.Parse(bytes));
        Assert.Equal(ModelsErrors.TokenizerVocabularyInvalid, error.Error);
    }

    [Fact]
    public void SentencePiece_WordModel_IsNamed()
    {
        var bytes = SentencePieceBytes.Write(3, [("<unk>", 0, 2), ("a", -1, 1)]);
        var error = Assert.Throws<PithException>(() => SentencePieceModel.Parse(bytes));
        Assert.Equal(ModelsErrors.TokenizerUnknown, error.Error);
        Assert.Contains("known: 1 Unigram, 2 BPE, 4 characters", error.Message, StringComparison.Ordinal);
    }

    private static string Nested(string open, int depth, string close) =>
        string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));

    private static void Damaged(byte[] file, Func<byte[], ITokenizer> parse)
    {
        var damage = Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length]);
        Gen.Select(damage.Array[1, 3], Gen.Bool).Sample((changes, cuts) =>
        {
            var bytes = file.ToArray();
            foreach (var (at, value, _) in changes)
                bytes[at] = value;
            if (cuts)
                bytes = bytes[..changes[0].Item3];
            try
            {
                var tokenizer = parse(bytes);
                var ids = tokenizer.Encode(" ab abc a\n");
                tokenizer.Decode(ids);
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            }
            catch (PithException exception)
            {
                Assert.StartsWith("PITH32", exception.Error.Code, StringComparison.Ordinal);
            }
        });
    }
}
