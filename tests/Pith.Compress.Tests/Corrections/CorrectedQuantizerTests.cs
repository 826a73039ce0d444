using Pith.Compress.Blocks;
using Pith.Compress.Corrections;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;
using Pith.TestKit;

namespace Pith.Compress.Tests.Corrections;

public sealed class CorrectedQuantizerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-corrected-").FullName;

    private string Original => Path.Combine(_root, "original");

    private string Output => Path.Combine(_root, "output");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("mxint8:16")]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void Quantize_LowRank_IsStoredReadAndRun(string format)
    {
        var result = Quantize(format, LowRankMethod.QeraDiagonal);
        Assert.All(result.Sites, site =>
        {
            Assert.Equal(6, site.LowRank!.Rank);
            Assert.InRange(site.LowRank.OutputErrorAfter, 0, site.LowRank.OutputErrorBefore);
        });

        using var source = ModelSource.Open(Output);
        var written = CausalModel.Load(source.Config, source.Tensors, source.Plan);
        var (plain, exact) = (new QuantizeOptions { Weights = NumberFormat.Parse("mxint3:16") }, TinyLlama.Model());
        var uncorrected = exact.WithPlan(plain.PlanFor(TinyLlama.Config));
        Assert.True(Distance(written, exact) < Distance(uncorrected, exact));
    }

    // What is written is the same as the corrections computed in memory.
    [Fact]
    public void Quantize_LowRank_WritesWhatIsComputedInMemory()
    {
        Quantize("mxint8:16", LowRankMethod.Qera);
        using var original = ModelSource.Open(Original);
        using var source = ModelSource.Open(Output);
        using var calibration = Calibrate();
        var written = CausalModel.Load(source.Config, source.Tensors, source.Plan);
        var inMemory = CorrectedModel.Create(TinyLlama.Model(), original, source.Plan, calibration);
        Assert.Equal(Logits(inMemory), Logits(written));
    }

    [Fact]
    public void Import_CorrectedModel_KeepsItsFactors()
    {
        Quantize("mxint8:16", LowRankMethod.Lqer);
        using var source = ModelSource.Open(Output);
        var copy = Path.Combine(_root, "copy");
        Assert.Empty(ModelCopy.Import(source, copy).Ignored);
        using var again = ModelSource.Open(copy);
        Assert.Equal(
            Logits(CausalModel.Load(source.Config, source.Tensors, source.Plan)), Logits(CausalModel.Load(again.Config, again.Tensors, again.Plan)));
        Assert.Equal(ModelSummary.Of(source).AverageBits!.Value, AverageBits.Of(source.Config, source.Plan)!.Value, 1e-12);
    }

    [Fact]
    public void Export_CorrectedModel_IsRefused()
    {
        Quantize("mxint8:16", LowRankMethod.Lqer);
        using var source = ModelSource.Open(Output);
        Assert.Same(ModelsErrors.CannotExport, Assert.Throws<PithException>(() => ModelCopy.ExportToHuggingFace(source, Path.Combine(_root, "hf"))).Error);
        Assert.Same(ModelsErrors.CannotExport, Assert.Throws<PithException>(() => GgufExport.Write(source, Path.Combine(_root, "x.gguf"), "f16")).Error);
    }

    [Fact]
    public void Load_FactorsThatDoNotFit_AreCodedErrors()
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        const string Name = "model.layers.0.mlp.up_proj.weight";
        source.Add(LowRankTensors.NameOfA(Name), new float[2 * 36], 2, 36);
        Assert.Same(ModelsErrors.MissingTensor, Assert.Throws<PithException>(() => CausalModel.Load(TinyLlama.Config, source)).Error);
        source.Add(LowRankTensors.NameOfB(Name), new float[50 * 3], 50, 3);
        Assert.Same(ModelsErrors.WrongShape, Assert.Throws<PithException>(() => CausalModel.Load(TinyLlama.Config, source)).Error);
    }

    private static float[] Logits(CausalModel model) =>
        model.CreateSession().Append(TinyLlama.Tokens(TinyLlama.Config, 20, seed: 9), Models.Llama.LogitRows.All).ToArray();

    private static double Distance(CausalModel model, CausalModel exact) => Logits(model).Zip(Logits(exact), (a, b) => Math.Pow((double)a - b, 2)).Sum();

    private static CalibrationStatistics Calibrate() => Calibrator.Run(
        TinyLlama.Model(), new CalibrationText([TinyLlama.Tokens(TinyLlama.Config, 60), TinyLlama.Tokens(TinyLlama.Config, 60, seed: 3)]), new CalibrationOptions { HasSecondMoments = true });

    private QuantizeResult Quantize(string format, LowRankMethod method)
    {
        using (var weights = TinyLlama.Weights(TinyLlama.Config))
        using (var writer = ModelDirectoryWriter.Create(Original, TinyLlama.Config, [.. weights.Tensors.Values.Select(entry => new StoredWeight(entry.Name, entry.Shape, TensorType.F32))]))
        {
            foreach (var name in weights.Tensors.Keys)
                writer.WriteFloats(name, weights.Numbers(name));
            writer.Commit();
        }

        using var calibration = Calibrate();
        using var source = ModelSource.Open(Original);
        return Quantizer.Quantize(
            source,
            Output,
            new QuantizeOptions { Weights = NumberFormat.Parse("mxint3:16"), LowRank = new LowRankPlan(6, NumberFormat.Parse(format), method), Calibration = calibration });
    }
}
