using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class SentencePieceModelTests
{
    [Fact]
    public void Encode_Bpe_JoinsTheBestScoreFirst()
    {
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Bpe());

        // ▁ a b c: "▁a" scores -1 and joins before "bc" with -2.
        Assert.Equal([3, 4], tokenizer.Encode("abc"));
        Assert.Equal([3, 4, 3], tokenizer.Encode("  abc   a "));
        Assert.Equal("abc a", tokenizer.Decode([1, 3, 4, 3, 2]));
        Assert.Equal(" a"u8.ToArray(), tokenizer.TokenBytes(3).ToArray());
        Assert.Equal((1, 2), (tokenizer.BosId, tokenizer.EosId));
    }

    [Fact]
    public void Encode_UnknownCharacters_AreOneToken()
    {
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Bpe());
        Assert.Equal([3, 0, 7], tokenizer.Encode("axyzb"));
        Assert.Equal("a \u2047 b", tokenizer.Decode([3, 0, 7]));
    }

    [Fact]
    public void Encode_ByteFallback_WritesUnknownCharactersAsBytes()
    {
        var bytes = Enumerable.Range(0, 256).Select(static value => ($"<0x{value:X2}>", 0f, 6));
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Write(
            2, [("<unk>", 0, 2), .. bytes, ("▁", -1, 1), ("a", -2, 1)], byteFallback: true, removeExtraSpaces: false));
        Assert.Equal([257, 258, 1 + 0xC3, 1 + 0xA9, 257, 257], tokenizer.Encode("aé  "));
        Assert.Equal("aé  ", tokenizer.Decode(tokenizer.Encode("aé  ")));
    }

    [Fact]
    public void Encode_Unigram_TakesTheCutWithTheLargestSum()
    {
        // "▁ab" + "c" = -1 - 5 = -6; "▁a" + "bc" = -2 - 3 = -5; "▁" + "abc" = -4 - 4 = -8.
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Write(
            1, [("<unk>", 0, 2), ("▁ab", -1, 1), ("c", -5, 1), ("▁a", -2, 1), ("bc", -3, 1), ("▁", -4, 1), ("abc", -4, 1)]));
        Assert.Equal([3, 4], tokenizer.Encode("abc"));
        Assert.Equal([3, 4, 0, 2], tokenizer.Encode("abcxxc"));
        Assert.Equal("SentencePiece Unigram", tokenizer.Kind);
    }

    [Fact]
    public void Encode_UserDefinedPieces_AreTakenWhole()
    {
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Write(
            2, [("<unk>", 0, 2), ("ab", 0, 4), ("▁", -1, 1), ("a", -1, 1), ("b", -1, 1), ("bb", -1, 1), ("bbb", -1, 1)], dummyPrefix: false));

        // Without the user-defined piece "abbb" would be a + bbb.
        Assert.Equal([1, 5], tokenizer.Encode("abbb"));
    }

    [Fact]
    public void Encode_Characters_AreNotJoined()
    {
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Write(
            4, [("<unk>", 0, 2), ("▁", -1, 1), ("a", -1, 1), ("b", -1, 1), ("ab", -1, 1)]));
        Assert.Equal([1, 2, 3], tokenizer.Encode("ab"));
        Assert.Equal("SentencePiece characters", tokenizer.Kind);
    }

    [Fact]
    public void Encode_NamesOfSpecialTokens_AreTextUnlessAskedFor()
    {
        var tokenizer = SentencePieceModel.Parse(SentencePieceBytes.Bpe());
        Assert.DoesNotContain(1, tokenizer.Encode("<s>a"));
        Assert.Equal([1, 3], tokenizer.Encode("<s>a", parseSpecial: true));
    }

    [Fact]
    public void Encode_TinyStories_GivesTheTokenCountsOfTheReferenceProtocol()
    {
        // 49,227 and 50,798 tokens after BOS over the first 200 documents cut to 256: published with the reference perplexities.
        var texts = SharedData.ReadText("lm/text/tinystories/tinystories.jsonl.zst").Split('\n').Take(200).Select(static line =>
            System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!).ToList();
        var bpe = SentencePieceModel.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.model"));
        var characters = SentencePieceModel.Parse(SharedData.ReadBytes("lm/weights/babyllama105/tok105.model"));
        Assert.Equal(49_227, texts.Sum(text => Math.Min(255, bpe.Encode(text).Length)));
        Assert.Equal(50_798, texts.Sum(text => Math.Min(
            255, characters.Encode(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Length)));
    }
}
