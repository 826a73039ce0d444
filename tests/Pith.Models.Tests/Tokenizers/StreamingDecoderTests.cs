using System.Text;
using CsCheck;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class StreamingDecoderTests
{
    // Bytes of 0 … 255 as ids, after which come words with spaces; the decoder of SentencePiece drops one space.
    private static readonly ITokenizer s_bytes = TinyTokenizers.ByteLevel();
    private static readonly ITokenizer s_spaced = TinyTokenizers.Llama2c();

    [Fact]
    public void Add_AnyTokensOfBytes_JoinToWhatDecodeGives() =>
        Gen.Int[0, s_bytes.VocabularySize - 1].Array[0, 40].Sample(ids => AssertJoins(s_bytes, ids));

    [Fact]
    public void Add_AnyTokensWithSpaces_JoinToWhatDecodeGives() =>
        Gen.Int[0, s_spaced.VocabularySize - 1].Array[0, 40].Sample(ids => AssertJoins(s_spaced, ids));

    [Fact]
    public void Add_CharacterInThreeTokens_ComesWhole()
    {
        var decoder = new StreamingDecoder(s_bytes);
        Assert.Equal("", decoder.Add(0xE4));
        Assert.Equal("", decoder.Add(0xBD));
        Assert.Equal("你", decoder.Add(0xA0));
        Assert.Equal("", decoder.Finish());
    }

    [Fact]
    public void Finish_HalfACharacter_BecomesTheReplacementCharacter()
    {
        var decoder = new StreamingDecoder(s_bytes);
        Assert.Equal("a", decoder.Add('a'));
        Assert.Equal("", decoder.Add(0xE4));
        Assert.Equal("\uFFFD", decoder.Finish());
    }

    [Fact]
    public void Add_ContinuingAPrompt_KeepsTheSpaceOfTheFirstWord()
    {
        var ids = s_spaced.Encode("ab");
        var middle = new StreamingDecoder(s_spaced);
        var start = new StreamingDecoder(s_spaced, startsText: true);
        Assert.Equal(" ab", string.Concat(ids.Select(middle.Add)));
        Assert.Equal("ab", string.Concat(ids.Select(start.Add)));
    }

    [Fact]
    public void Add_SharedNovel_JoinsToTheText()
    {
        var tokenizer = Llama2cTokenizer.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.bin"));
        var text = "  “Straße”, said he — 你好 🦙\n\n twice  over ";
        var decoder = new StreamingDecoder(tokenizer, startsText: true);
        var parts = new StringBuilder();
        foreach (var id in tokenizer.Encode(text))
            parts.Append(decoder.Add(id));
        Assert.Equal(text, parts.Append(decoder.Finish()).ToString());
    }

    private static void AssertJoins(ITokenizer tokenizer, int[] ids)
    {
        var decoder = new StreamingDecoder(tokenizer, startsText: true);
        var joined = string.Concat(ids.Select(decoder.Add)) + decoder.Finish();
        Assert.Equal(tokenizer.Decode(ids), joined);
    }
}
