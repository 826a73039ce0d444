using System.Text.Json;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Tune.Llama;
using Pith.Tune.Sensitivity;
using Pith.Tune.Training;
using Pith.Tune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Tests.Sensitivity;

public sealed class FisherDamageTests
{
    private const int Context = 24;

    private static readonly NumberFormat[] Formats = [NumberFormat.Parse("mxint3:16"), NumberFormat.Parse("mxint8:16"), NumberFormat.Float32];

    private readonly StartingModel _start = Read();
    private readonly TokenBlocks _blocks = new([.. Enumerable.Range(0, 400).Select(i => (ushort)(7 + i * 31 % 900))], 0, Context, 0);

    [Fact]
    public void Measure_OneBlock_IsTheFormula()
    {
        var damages = FisherDamage.Measure(_start, _blocks, 1, Formats, 1, cancellation: TestContext.Current.CancellationToken);
        using var model = new TorchLlama(_start.Config, _start.Weights, trainable: true);
        using var scope = NewDisposeScope();
        var block = new long[Context];
        _blocks.ReadTraining(_blocks.Order(0, 0)[0], block);
        var ids = tensor(block, [1, Context], int64);
        var loss = nn.functional.cross_entropy(
            model.Forward(ids.narrow(1, 0, Context - 1)).view(-1, _start.Config.VocabularySize), ids.narrow(1, 1, Context - 1).reshape(-1));
        foreach (var (site, row) in damages)
        {
            var name = LlamaConfig.WeightName(site);
            var gradient = autograd.grad([loss], [model.Weights[name]], retain_graph: true)[0].contiguous().data<float>().ToArray();
            var width = _start.Config.Sites.Single(shape => shape.Site == site).Inputs;
            foreach (var (format, damage) in row)
            {
                var expected = 0.0;
                var rounded = new float[width];
                for (var i = 0; i < gradient.Length; i++)
                {
                    if (i % width == 0) FormatCodecs.Reference(format).Round(_start.Weights[name].AsSpan(i, width), rounded);
                    var change = gradient[i] * ((double)rounded[i % width] - _start.Weights[name][i]);
                    expected += 0.5 * (Context - 1) * change * change;
                }
                // Gradients in float32, sums in doubles.
                Assert.Equal(expected, damage, 1e-4 * expected + 1e-30);
            }
        }
    }

    [Fact]
    public void Measure_AnyThreads_SameBits()
    {
        var one = FisherDamage.Measure(_start, _blocks, 5, Formats, 1, cancellation: TestContext.Current.CancellationToken);
        var three = FisherDamage.Measure(_start, _blocks, 5, Formats, 3, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(one.SelectMany(row => row.Damages), three.SelectMany(row => row.Damages));
    }

    [Fact]
    public void Measure_FewerBits_MoreDamage()
    {
        foreach (var (_, row) in FisherDamage.Measure(_start, _blocks, 2, Formats, 2, cancellation: TestContext.Current.CancellationToken))
        {
            Assert.True(row[0].Damage > row[1].Damage);
            Assert.True(row[1].Damage > 0);
            Assert.Equal(0, row[2].Damage);
        }
    }

    [Fact]
    public void Write_Damages_AreReadBack()
    {
        var path = Path.GetTempFileName();
        try
        {
            var damages = FisherDamage.Measure(_start, _blocks, 1, Formats, 1, cancellation: TestContext.Current.CancellationToken);
            FisherJson.Write(path, _start.Digest, damages);
            var root = JsonElement.Parse(File.ReadAllText(path));
            Assert.Equal(1, root.GetProperty("version").GetInt32());
            Assert.Equal(_start.Digest, root.GetProperty("model").GetString());
            var sites = root.GetProperty("sites");
            Assert.Equal(damages.Count, sites.EnumerateObject().Count());
            Assert.Equal(damages[3].Damages[0].Damage, sites.GetProperty(damages[3].Site.ToString()).GetProperty("mxint3:16").GetDouble());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static StartingModel Read()
    {
        using var source = ModelSource.Open(BundledModels.Require("pith-0.45m"));
        return StartingModel.Read(source, TestContext.Current.CancellationToken);
    }
}
