using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Tune.Training;

namespace Pith.Tune.Tests.Training;

public sealed class TokenBlocksTests
{
    [Fact]
    public void Read_Blocks_ArePiecesOfTheStreamAfterBos()
    {
        // 11 tokens, spans of 3, a third of them for validation: 3 tokens at the end; of the 8 before, two whole spans.
        var blocks = new TokenBlocks([.. Enumerable.Range(10, 11).Select(i => (ushort)i)], 7, 4, 0.3);
        Assert.Equal((2, 1, 6), (blocks.TrainingCount, blocks.ValidationCount, blocks.TrainingTokens));
        var block = new long[4];
        blocks.ReadTraining(1, block);
        Assert.Equal([7, 13, 14, 15], block);
        blocks.ReadValidation(0, block);
        Assert.Equal([7, 18, 19, 20], block);
    }

    [Fact]
    public void Order_AnyPass_IsAPermutationOfItsOwn() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 100]).Sample((seed, pass) =>
        {
            var blocks = Toys.Blocks();
            var order = blocks.Order(seed, pass);
            Assert.Equal(Enumerable.Range(0, blocks.TrainingCount), order.Order());
            Assert.NotEqual(order, blocks.Order(seed, pass + 1));
            Assert.Equal(order, blocks.Order(seed, pass));
        }, iter: 100, seed: "0000KfzbYOy5");

    [Fact]
    public void Constructor_ShortText_SaysHowLongItMustBe()
    {
        var error = Assert.Throws<PithException>(() => new TokenBlocks(new ushort[5], 0, 4, 0.01));
        Assert.Equal(TuneErrors.TextTooShort, error.Error);
        Assert.Contains("at least 6 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 5", error.Message, StringComparison.Ordinal);
    }
}
