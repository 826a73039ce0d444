using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class WordPieceVocabularyTests
{
    private const string Small = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\naffable\n,\n世\ncafe\n##s\n'\n";

    [Fact]
    public void Encode_LlamaCppCases_GiveTheirIds()
    {
        var tokenizer = GoldenTokenizers.Get("bert-uncased");
        foreach (var (text, ids) in LlamaCppCases.Read("bert-bge"))
            Assert.Equal(ids, tokenizer.Encode(text));
    }

    [Theory]
    [InlineData("unaffable", new[] { 4, 5, 6 })] // the longest piece from the left: un + ##aff + ##able
    [InlineData("UNAFFABLE", new[] { 4, 5, 6 })] // lower case
    [InlineData("Cafés", new[] { 10, 11 })] // accents go
    [InlineData("affable,un", new[] { 7, 8, 4 })] // punctuation stands alone
    [InlineData("un世un", new[] { 4, 9, 4 })] // ideographs stand alone
    [InlineData("unx un", new[] { 1, 4 })] // a word with a part that fits nothing is unknown as a whole
    [InlineData("un\u0000un\u00a0un\u200bun", new[] { 1, 1 })] // control characters go, no-break spaces are spaces
    [InlineData("", new int[0])]
    public void Encode_SmallVocabulary_FollowsTheRules(string text, int[] ids) =>
        Assert.Equal(ids, Parse(Small).Encode(text));

    [Fact]
    public void Encode_WordOfOver100Characters_IsUnknown()
    {
        var tokenizer = Parse("[UNK]\na\n##a\n");
        Assert.Equal(100, tokenizer.Encode(new string('a', 100)).Length);
        Assert.Equal([0], tokenizer.Encode(new string('a', 101)));
    }

    [Fact]
    public void Decode_Words_HaveSpacesBetweenAndNoneBeforeMarks() =>
        Assert.Equal("unaffable, cafes", Parse(Small).Decode([2, 4, 5, 6, 8, 10, 11, 3]));

    [Fact]
    public void Parse_NoUnknownToken_SaysSo()
    {
        var error = Assert.Throws<PithException>(() => Parse("a\nb\n"));
        Assert.Equal(ModelsErrors.WordPieceVocabularyInvalid, error.Error);
    }

    [Fact]
    public void Parse_TokenTwice_NamesIt()
    {
        var error = Assert.Throws<PithException>(() => Parse("[UNK]\na\nb\na\n"));
        Assert.Equal(ModelsErrors.TokenizerVocabularyInvalid, error.Error);
        Assert.Contains("'a' has two ids, 1 and 3", error.Message, StringComparison.Ordinal);
    }

    private static ITokenizer Parse(string vocabulary) => WordPieceVocabulary.Parse(Encoding.UTF8.GetBytes(vocabulary));
}
