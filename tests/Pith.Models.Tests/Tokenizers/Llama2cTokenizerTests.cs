using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

public sealed class Llama2cTokenizerTests
{
    [Fact]
    public void Encode_ManifestSentence_GivesItsIds()
    {
        var tokenizer = Llama2cTokenizer.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.bin"));
        var ids = tokenizer.Encode("Once upon a time, there was a little girl");
        Assert.Equal([403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421], ids);
        Assert.Equal(1, tokenizer.BosId);
        Assert.Equal("Once upon a time, there was a little girl", tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData("lm/text/tinyshakespeare.txt.zst")]
    [InlineData("lm/text/tinystories/tinystories.jsonl.zst")]
    [InlineData("lm/text/wikitext2/wiki.test.raw.part1.zst")]
    [InlineData("lm/text/zh/tang-poems.jsonl.zst")]
    public void Encode_SameVocabularyAsSentencePiece_GivesTheSameIds(string file)
    {
        var tokenizer = Llama2cTokenizer.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.bin"));
        var other = SentencePieceModel.Parse(SharedData.ReadBytes("lm/weights/stories260K/tok512.model"));
        var text = SharedData.ReadText(file);
        foreach (var line in text[..Math.Min(text.Length, 300_000)].Split('\n'))
        {
            // The SentencePiece model drops leading, trailing and repeated spaces; llama2.c does not.
            var words = string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(other.Encode(line), tokenizer.Encode(words));
        }
    }
}
