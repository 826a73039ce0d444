using System.Text;
using CsCheck;
using Pith.Models.Tests.Checkpoints;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Training;

namespace Pith.Models.Tests.Tokenizers.Training;

public sealed class BytePairTrainerTests
{
    // Few different characters, so that counts tie and one token is spelt in several ways.
    private static readonly Gen<string> Texts = Gen.Char["aabbc 'st\n1é"].Array[0, 80].Select(chars => new string(chars));

    [Fact]
    public void Train_AnyText_EqualsCountingAnewBeforeEveryMerge() =>
        Gen.Select(Texts, Gen.Int[257, 280], Gen.Int[1, 3]).Sample((text, size, minimum) =>
        {
            var vocabulary = Train(text, size, minimum);
            Assert.Equal(PlainBytePairTraining.Train(text, size, minimum), Spell(vocabulary));
            Assert.True(vocabulary.Tokens.Count <= size);
        }, iter: 1000, seed: "0000KfzbYOy5");

    [Fact]
    public void Train_OneWord_MergesByCountThenByBytes()
    {
        // aaabdaaabac: aa occurs 4 times. Then aa·a·b·d·aa·a·b·a·c: (a,b) and (aa,a) occur twice, and a comes before aa.
        // Then aa·ab·d·aa·ab·a·c: (aa,ab) twice. Nothing else occurs twice.
        var vocabulary = Train("aaabdaaabac", 300, 2);
        Assert.Equal([("a", "a"), ("a", "b"), ("aa", "ab")], Spell(vocabulary));
        Assert.Equal(260, vocabulary.Tokens.Count);
    }

    [Fact]
    public void Train_NoText_HasTheBytesOnly()
    {
        var vocabulary = Train("", 4096, 2);
        Assert.Equal(257, vocabulary.Tokens.Count);
        Assert.Empty(vocabulary.Tokens[0]);
        for (var value = 0; value < 256; value++) Assert.Equal([(byte)value], vocabulary.Tokens[value + 1]);
    }

    [Fact]
    public void Train_SeparatorLine_IsNotLearned()
    {
        var trainer = new BytePairTrainer(300);
        trainer.Add(new StringReader("ab\n<|endoftext|>\nab\n"), TestContext.Current.CancellationToken);
        Assert.Equal([("a", "b")], Spell(trainer.Train(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(257, 0)]
    public void Constructor_OutOfRange_Throws(int size, int minimum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BytePairTrainer(size, minimum));

    [Fact]
    public void Save_AnyVocabulary_EncodesAsTheMergesSay()
    {
        using var folder = new TemporaryFolder();
        Gen.Select(Texts, Texts).Sample((text, other) =>
        {
            var vocabulary = Train(text, 280, 1);
            vocabulary.Save(folder.Root);
            var tokenizer = TokenizerLoader.Load(folder.Root).Tokenizer;
            Assert.Equal(vocabulary.Tokens.Count, tokenizer.VocabularySize);
            Assert.Equal(0, tokenizer.BosId);
            Assert.Equal(0, tokenizer.EosId);
            var ids = tokenizer.Encode(other);
            Assert.Equal(PlainBytePairTraining.Encode(other, Spell(vocabulary)), ids.Select(id => Latin(vocabulary.Tokens[id])));
            Assert.Equal(other, tokenizer.Decode(ids));
        }, iter: 100, threads: 1, seed: "0000KfzbYOy5");
    }

    private static BytePairVocabulary Train(string text, int size, long minimum)
    {
        var trainer = new BytePairTrainer(size, minimum);
        trainer.Add(text);
        return trainer.Train(TestContext.Current.CancellationToken);
    }

    private static List<(string Left, string Right)> Spell(BytePairVocabulary vocabulary) =>
        [.. vocabulary.Merges.Select(merge => (Latin(vocabulary.Tokens[merge.Left]), Latin(vocabulary.Tokens[merge.Right])))];

    private static string Latin(byte[] token) => Encoding.Latin1.GetString(token);
}
