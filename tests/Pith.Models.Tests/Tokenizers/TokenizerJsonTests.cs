using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class TokenizerJsonTests
{
    // "l l" 256, "h e" 257, "he ll" 258, "hell o" 259, "Ġ w" 260; the special token follows.
    private static readonly string[] s_merges = ["l l", "h e", "he ll", "hell o", "Ġ w"];

    private static readonly ITokenizer s_tokenizer = TinyTokenizers.ByteLevel(s_merges);

    [Fact]
    public void Encode_Words_JoinsByRank()
    {
        var tokenizer = TinyTokenizers.ByteLevel(s_merges);
        Assert.Equal([259, 260, 'o', 'r', 'l', 'd'], tokenizer.Encode("hello world"));
        Assert.Equal("hello world", tokenizer.Decode([259, 260, 'o', 'r', 'l', 'd', 261]));
        Assert.Equal(" w"u8.ToArray(), tokenizer.TokenBytes(260).ToArray());
        Assert.Equal("byte-level BPE", tokenizer.Kind);
        Assert.Equal((262, 261, 261), (tokenizer.VocabularySize, tokenizer.BosId, tokenizer.EosId));
    }

    [Fact]
    public void Encode_AnyText_DecodesToItself() => Gen.String[Gen.Char, 0, 60].Sample(text =>
    {
        // Unpaired surrogates are no text; each becomes U+FFFD.
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var ids = s_tokenizer.Encode(text);
        Assert.Equal(expected, s_tokenizer.Decode(ids));
        Assert.Equal(Encoding.UTF8.GetBytes(text), ids.SelectMany(id => s_tokenizer.TokenBytes(id).ToArray()));
    });

    [Fact]
    public void Encode_Novel_DecodesToItself()
    {
        var text = SharedData.ReadText("lm/text/tinyshakespeare.txt.zst");
        var tokenizer = GoldenTokenizers.Get("neox");
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Encode_SpecialTokenInText_IsTextUnlessAskedFor()
    {
        var tokenizer = TinyTokenizers.ByteLevel(s_merges);
        Assert.Equal("<|endoftext|>".Length, tokenizer.Encode("<|endoftext|>").Length);
        Assert.Equal(['a', 261, 'b'], tokenizer.Encode("a<|endoftext|>b", parseSpecial: true));
    }

    [Fact]
    public void Encode_AddedTokens_FollowTheirFlags()
    {
        var json = TinyTokenizers.ByteLevelJson();
        json["added_tokens"] = new JsonArray(
            Added(256, "<x>", "lstrip"), Added(257, "<y>", "rstrip"), Added(258, "cat", "single_word"), Added(259, "<x><y>"));
        var tokenizer = TokenizerJson.Parse(TinyTokenizers.ToBytes(json));
        Assert.Equal(['a', 256, ' ', 'b'], tokenizer.Encode("a \n<x> b"));
        Assert.Equal(['a', ' ', 257, 'b'], tokenizer.Encode("a <y> \nb"));
        Assert.Equal([258, ' ', 'c', 'a', 't', 's'], tokenizer.Encode("cat cats"));
        Assert.Equal([259], tokenizer.Encode("<x><y>")); // the longest of those that start there
        Assert.Equal("a<x>", tokenizer.Decode(['a', 256])); // not special, hence text
    }

    [Fact]
    public void Encode_IgnoreMerges_TakesWholeWords()
    {
        var json = TinyTokenizers.ByteLevelJson("a b");
        json["model"]!["vocab"]!["xyz"] = 300;
        Assert.Equal(['x', 'y', 'z'], TokenizerJson.Parse(TinyTokenizers.ToBytes(json)).Encode("xyz"));
        json["model"]!["ignore_merges"] = true;
        Assert.Equal([300], TokenizerJson.Parse(TinyTokenizers.ToBytes(json)).Encode("xyz"));
    }

    [Fact]
    public void Parse_MergesAsPairs_EqualMergesAsText()
    {
        var json = TinyTokenizers.ByteLevelJson(s_merges);
        json["model"]!["merges"] = new JsonArray(
            [.. s_merges.Select(static merge => (JsonNode)new JsonArray([.. merge.Split(' ').Select(static part => (JsonNode)part)]))]);
        Assert.Equal([259], TokenizerJson.Parse(TinyTokenizers.ToBytes(json)).Encode("hello"));
    }

    [Fact]
    public void Parse_Hints_DecideBosAndEos()
    {
        var json = TinyTokenizers.ToBytes(TinyTokenizers.ByteLevelJson());
        Assert.Null(TokenizerJson.Parse(json, hints: new SpecialTokenHints { HasNoBos = true }).BosId);
        Assert.Equal('A', TokenizerJson.Parse(json, hints: new SpecialTokenHints { Bos = "A" }).BosId);
        Assert.Equal(7, TokenizerJson.Parse(json, hints: new SpecialTokenHints { EosId = 7 }).EosId);
    }

    [Fact]
    public void Decode_IdOutside_Throws()
    {
        var tokenizer = TinyTokenizers.ByteLevel();
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([257]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(257));
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSame()
    {
        var tokenizer = TinyTokenizers.ByteLevel(s_merges);
        var texts = Enumerable.Range(0, 400).Select(static i => $"hello world {i % 37} wow hell").ToArray();
        var alone = TinyTokenizers.ByteLevel(s_merges);
        var expected = texts.Select(text => alone.Encode(text)).ToArray();
        var actual = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => actual[i] = tokenizer.Encode(texts[i]));
        Assert.Equal(expected, actual);
    }

    private static JsonObject Added(int id, string content, string? flag = null)
    {
        var token = new JsonObject { ["id"] = id, ["content"] = content, ["special"] = false, ["normalized"] = false };
        if (flag is not null)
            token[flag] = true;
        return token;
    }
}
