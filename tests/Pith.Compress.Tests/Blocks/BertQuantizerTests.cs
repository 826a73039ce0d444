using Pith.Compress.Blocks;
using Pith.Core.Formats;
using Pith.Models;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.TestKit;

namespace Pith.Compress.Tests.Blocks;

public sealed class BertQuantizerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-bert-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("bert", EncoderHead.Sequence, "bfp6:16")]
    [InlineData("roberta", EncoderHead.Token, "mxint8:16")]
    [InlineData("distilbert", EncoderHead.MaskedToken, "q4_0")]
    [InlineData("bert", EncoderHead.None, "mxfp4:32")]
    public void Quantize_Encoder_ComputesWhatEmulationComputes(string type, EncoderHead head, string weights)
    {
        var config = TinyBert.Config(type, head) with { HiddenSize = 64, Heads = 4, KvHeads = 4, HeadSize = 16, IntermediateSize = 96 };
        using var source = TinyOpt.Weights(config);
        var input = Path.Combine(_root, "input");
        TinyBert.Write(input, config, source);
        using var original = ModelSource.Open(input);
        var output = Path.Combine(_root, "output");

        var result = Quantizer.Quantize(
            original,
            output,
            new QuantizeOptions { Weights = NumberFormat.Parse(weights), Activations = NumberFormat.Parse("mxint8:16") },
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(6 * config.Layers, result.Sites.Count);
        var packed = LanguageEncoder.Open(output, cancellation: TestContext.Current.CancellationToken);
        using (var written = ModelSource.Open(output))
            Assert.Equal(ModelKind.PackedDirectory, written.Kind);
        Assert.Equal(head, packed.Config.Head);
        var text = TinyBert.Text(config, 20);
        var executed = packed.Model.CreateSession().Run([text], TestContext.Current.CancellationToken).ToArray();
        var emulated = EncoderModel.Load(config, source, result.Plan, cancellation: TestContext.Current.CancellationToken)
            .CreateSession().Run([text], TestContext.Current.CancellationToken).ToArray();

        // The same rounded operands; a sum in another order moves an activation across a tie now and then, seen as 1e-2 on a number at most.
        Assert.True(emulated.Zip(executed, (a, b) => Math.Abs(a - b)).Average() < 1e-3);
    }
}
