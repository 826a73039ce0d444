using Pith.Core.Diagnostics;
using Pith.Models.Evaluation.Tasks;
using Pith.Models.Tests.Tokenizers;

namespace Pith.Models.Tests.Evaluation.Tasks;

public sealed class ChoiceEncoderTests
{
    // Ġ stands for a space: 256 is " x", 257 is "bc".
    private static readonly ChoiceEncoder s_bytes = new(BigramModel.Bundle(TinyTokenizers.ByteLevel("Ġ x", "b c")), 8);

    [Fact]
    public void Encode_SpaceAtTheContextsEnd_MovesToTheChoice()
    {
        var expected = s_bytes.Encode("a", " x");
        Assert.Equal(['a', 256], expected.Tokens);
        Assert.Equal(1, expected.FirstScored);
        var moved = s_bytes.Encode("a ", "x");
        Assert.Equal(expected.Tokens, moved.Tokens);
        Assert.Equal(1, moved.FirstScored);
    }

    [Fact]
    public void Encode_ChoiceThatJoinsTheLastWord_IsCutWhereTheContextAloneEnds()
    {
        // "ab" + "cd" is a, bc, d; "ab" alone has two tokens, so only d is scored.
        var encoded = s_bytes.Encode("ab", "cd");
        Assert.Equal(['a', 257, 'd'], encoded.Tokens);
        Assert.Equal(2, encoded.FirstScored);

        // Nothing would be left of "c": the joined token is scored.
        encoded = s_bytes.Encode("ab", "c");
        Assert.Equal(['a', 257], encoded.Tokens);
        Assert.Equal(1, encoded.FirstScored);
    }

    [Fact]
    public void Encode_LongerThanTheModel_LosesTheLeft()
    {
        // Eight tokens run and the ninth is only predicted.
        var fits = s_bytes.Encode("123456", "789");
        Assert.Equal((9, 6, false), (fits.Tokens.Length, fits.FirstScored, fits.IsTruncated));
        var cut = s_bytes.Encode("0123456", "789");
        Assert.Equal(fits.Tokens, cut.Tokens);
        Assert.Equal((6, true), (cut.FirstScored, cut.IsTruncated));
    }

    [Fact]
    public void Encode_WithBeginningOfText_CountsItAsContext()
    {
        var encoder = new ChoiceEncoder(BigramModel.Bundle(TinyTokenizers.Llama2c(), addsBos: true), 8);
        var encoded = encoder.Encode("a", " b");
        Assert.Equal(1, encoded.Tokens[0]);
        Assert.Equal(TinyTokenizers.Llama2c().Encode("a b"), encoded.Tokens[1..]);
        Assert.Equal(1 + TinyTokenizers.Llama2c().Encode("a").Length, encoded.FirstScored);
    }

    [Fact]
    public void Encode_NoContext_BeginsWithASpecialToken()
    {
        var encoder = new ChoiceEncoder(BigramModel.Bundle(TinyTokenizers.Llama2c(), addsBos: false), 8);
        var encoded = encoder.Encode("", "b");
        Assert.Equal(1, encoded.Tokens[0]);
        Assert.Equal(1, encoded.FirstScored);
    }

    [Fact]
    public void Encode_ChoiceLongerThanTheModel_IsACodedError()
    {
        var error = Assert.Throws<PithException>(() => s_bytes.Encode("a", "123456789"));
        Assert.Equal(ModelsErrors.UnscorableChoice, error.Error);
        Assert.Equal(1, s_bytes.Encode("a", "12345678").FirstScored);
    }
}
