using Pith.Models.Bert;
using Pith.TestKit;

namespace Pith.Tune.Tests.Bert;

public sealed class ScoresAgreementTests
{
    // Both compute in float32, in other orders of addition.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(2, 36, 6, 50)]
    [InlineData(4, 256, 4, 1024)]
    public void Scores_RaggedBatch_EqualTorchOnAPaddedOne(int layers, int hidden, int heads, int inner)
    {
        var config = TinyBert.Config() with { Layers = layers, HiddenSize = hidden, Heads = heads, KvHeads = heads, HeadSize = hidden / heads, IntermediateSize = inner };
        using var source = TinyOpt.Weights(config);
        EncoderInput[] texts = [TinyBert.Text(config, 40, 1), TinyBert.Text(config, 7, 2), TinyBert.Text(config, 1, 3), TinyBert.Text(config, 23, 4)];
        var expected = new TorchBert(config, source).Scores(texts);

        var session = EncoderModel.Load(config, source, cancellation: TestContext.Current.CancellationToken).CreateSession();
        _ = session.Run(texts, TestContext.Current.CancellationToken);
        var scores = session.Scores();

        Assert.Equal(expected.Length, scores.Length);
        for (var i = 0; i < scores.Length; i++)
            Assert.Equal(expected[i], scores[i], Tolerance);
    }
}
