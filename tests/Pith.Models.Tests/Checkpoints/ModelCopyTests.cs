using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels.Conversions;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints;

public sealed class ModelCopyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F16)]
    public void Import_HubDirectory_KeepsTypesAndBytes(TensorType type)
    {
        TinyModel.Write(folder["m"], TinyModel.Config, type, TinyModel.Values(TinyModel.Config, 1), new TensorEntry("model.layers.0.self_attn.rotary_emb.inv_freq", TensorType.F32, [2]));
        folder.Write("m/generation_config.json", """{"eos_token_id":2}""");
        using var model = ModelSource.Open(folder["m"]);

        var report = ModelCopy.Import(model, folder["out"]);

        Assert.Equal((type.Name(), 21, (string?)null), (report.Type, report.Tensors, report.Tokenizer));
        Assert.Equal(["model.layers.0.self_attn.rotary_emb.inv_freq"], report.Ignored);
        Assert.Single(report.Warnings);
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors"], Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(report.Bytes, Directory.GetFiles(folder["out"]).Sum(file => new FileInfo(file).Length));
        using var copy = ModelSource.Open(folder["out"]);
        AssertSameStoredBytes(model, copy);
        Assert.Equal(model.Config with { EosIds = copy.Config.EosIds }, copy.Config);
    }

    [Theory]
    [InlineData("stories260K/stories260K.bin", "F32")]
    [InlineData("babyllama105/babyllama105.bin", "F32")]
    public void Export_PublishedBinToTheHub_ReadsBackEqual(string name, string type)
    {
        using var model = ModelSource.Open(SharedData.Require("lm/weights/" + name));

        var report = ModelCopy.ExportToHuggingFace(model, folder["hub"]);

        Assert.Equal(type, report.Type);
        Assert.NotNull(report.Tokenizer);
        using var hub = ModelSource.Open(folder["hub"]);
        Assert.Equal(model.Config with { EosIds = [] }, hub.Config with { EosIds = [] });
        foreach (var (tensor, _) in model.Config.Tensors)
            Assert.Equal(TinyModel.Read(model.Tensors, tensor), TinyModel.Read(hub.Tensors, tensor));
        Assert.Equal(
            model.LoadTokenizer().Tokenizer.Encode("Once upon a time"), hub.LoadTokenizer().Tokenizer.Encode("Once upon a time"));
    }

    [Fact]
    public void Import_TernaryModel_IsExactAndNotForStockLoaders()
    {
        using var model = ModelSource.Open(SharedData.Require("lm/weights/bitstories/bitstories-1M.bin"), SharedData.Require("lm/weights/stories260K/tok512.bin"));

        ModelCopy.Import(model, folder["out"]);

        using var copy = ModelSource.Open(folder["out"]);
        Assert.True(Assert.IsType<LlamaConfig>(copy.Config).IsBitLinear);
        foreach (var (tensor, _) in model.Config.Tensors)
            Assert.Equal(TinyModel.Read(model.Tensors, tensor), TinyModel.Read(copy.Tensors, tensor));
        Assert.Equal("tokenizer.bin", Path.GetFileName(Directory.GetFiles(folder["out"], "tok*").Single()));
        Assert.Equal("PITH3041", Assert.Throws<PithException>(() => ModelCopy.ExportToHuggingFace(copy, folder["hub"])).Error.Code);
    }

    [Fact]
    public void Import_BinOfBFloat16Numbers_IsWrittenAsBFloat16()
    {
        var bytes = new Llama2c.TinyLlama2c(1, false, 7).Write();
        for (var at = 256; at < bytes.Length; at += 4)
            (bytes[at], bytes[at + 1]) = (0, 0); // the low halves
        using var model = ModelSource.Open(folder.Write("a.bin", bytes));

        Assert.Equal("BF16", ModelCopy.Import(model, folder["out"]).Type);

        using var copy = ModelSource.Open(folder["out"]);
        foreach (var entry in model.InFileOrder)
            Assert.Equal(TinyModel.Read(model.Tensors, entry.Name), TinyModel.Read(copy.Tensors, entry.Name));
    }

    [Theory]
    [InlineData("bfp6:16")]
    [InlineData("mxint4:16")]
    [InlineData("mxfp6e2m3:32")]
    [InlineData("nvfp4")]
    [InlineData("fixed8")]
    [InlineData("minifloat:e4m3")]
    [InlineData("bfp5:row")]
    public void PackedModel_WrittenReadCopiedExported_IsTheSameNumbers(string text)
    {
        var format = NumberFormat.Parse(text);
        var values = TinyModel.Values(TinyModel.Config, 4);
        var plan = Plan.Uniform(TinyModel.Config.Sites.Select(shape => shape.Site), format, null);
        WritePacked(folder["q"], format, plan, values);

        using var model = ModelSource.Open(folder["q"]);
        Assert.Equal(ModelKind.PackedDirectory, model.Kind);
        Assert.Equal(14, model.PackedFormats.Count);
        Assert.All(model.PackedFormats.Values, found => Assert.Equal(format, found));
        Assert.Equal(plan.ToJson(), model.Plan.ToJson());
        foreach (var (name, expected) in Rounded(format, values))
        {
            Assert.Equal(expected, TinyModel.Read(model.Tensors, name));
            var part = new float[expected.Length - 9];
            model.Tensors.ReadFloats(name, 5, part);
            Assert.Equal(expected[5..^4], part);
        }

        ModelCopy.Import(model, folder["copy"]);
        using var copy = ModelSource.Open(folder["copy"]);
        Assert.Equal(File.ReadAllBytes(folder["q/model.safetensors"]), File.ReadAllBytes(folder["copy/model.safetensors"]));

        ModelCopy.ExportToHuggingFace(model, folder["hub"]);
        using var hub = ModelSource.Open(folder["hub"]);
        Assert.Equal(ModelKind.Directory, hub.Kind);
        Assert.Empty(hub.Plan.Sites);
        foreach (var entry in hub.InFileOrder)
        {
            var expected = TinyModel.Read(model.Tensors, entry.Name);
            Assert.Equal(expected, TinyModel.Read(hub.Tensors, entry.Name));
            if (model.PackedFormats.ContainsKey(entry.Name))
                Assert.Equal(FloatConversion.IsBFloat16(expected) ? TensorType.BF16 : TensorType.F32, entry.Type);
        }
    }

    [Fact]
    public void ReadPacked_AfterTheModelIsClosed_IsRefused()
    {
        WritePacked(folder["q"], NumberFormat.Parse("bfp6:16"), Plan.Empty, TinyModel.Values(TinyModel.Config, 4));
        var model = ModelSource.Open(folder["q"]);
        var matrix = model.Tensors.ReadPacked("model.layers.0.mlp.up_proj.weight")!;
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => matrix.DecodeRow(0, new float[16]));
    }

    // What the packed bytes weigh: rows · ceil(in / B) · (B · b + e) bits, each row padded to bytes.
    [Fact]
    public void PackedModel_Bytes_AreTheFormats()
    {
        var format = NumberFormat.Parse("bfp6:16");
        WritePacked(folder["q"], format, Plan.Empty, TinyModel.Values(TinyModel.Config, 4));
        using var model = ModelSource.Open(folder["q"]);

        var gate = model.Tensors.Tensors["model.layers.0.mlp.down_proj.weight.q"].Bytes + model.Tensors.Tensors["model.layers.0.mlp.down_proj.weight.s"].Bytes;
        Assert.Equal(16 * 2 * ((16 * 6) + 8) / 8, gate); // 16 rows of 20 elements: two blocks each
    }

    [Fact]
    public void Open_PlanThatContradictsTheWeights_IsRefused()
    {
        WritePacked(folder["q"], NumberFormat.Parse("bfp6:16"), Plan.Empty, TinyModel.Values(TinyModel.Config, 4));
        folder.Write("q/plan.json", """{"version":1,"sites":{"layers.1.mlp.up":{"weights":"bfp4:16"}}}""");

        Assert.Equal("PITH3040", Assert.Throws<PithException>(() => ModelSource.Open(folder["q"])).Error.Code);
    }

    [Fact]
    public void Import_WeightThatIsNotFinite_NamesTensorAndIndexAndLeavesNothing()
    {
        var values = TinyModel.Values(TinyModel.Config, 1);
        values["model.layers.1.mlp.up_proj.weight"][37] = float.PositiveInfinity;
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.BF16, values);
        using var model = ModelSource.Open(folder["m"]);

        var exception = Assert.Throws<PithException>(() => ModelCopy.Import(model, folder["out"]));

        Assert.Equal("PITH3300", exception.Error.Code);
        Assert.Contains("model.layers.1.mlp.up_proj.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("element 37", exception.Message, StringComparison.Ordinal);
        Assert.Equal([folder["m"]], Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void Import_Cancelled_LeavesNothing()
    {
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, TinyModel.Values(TinyModel.Config, 1));
        using var model = ModelSource.Open(folder["m"]);
        using var stop = new CancellationTokenSource();
        var progress = new Progress(value =>
        {
            if (value > 0.5)
                stop.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => ModelCopy.Import(model, folder["out"], progress: progress, cancellation: stop.Token));

        Assert.Equal([folder["m"]], Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void Import_TakenName_IsRefusedUnlessReplaced()
    {
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, TinyModel.Values(TinyModel.Config, 1));
        using var model = ModelSource.Open(folder["m"]);
        folder.Write("out", "a file");

        Assert.Equal("PITH1010", Assert.Throws<PithException>(() => ModelCopy.Import(model, folder["out"])).Error.Code);
        ModelCopy.Import(model, folder["out"], replace: true);
        Assert.True(File.Exists(folder["out/config.json"]));
    }

    private static Dictionary<string, float[]> Rounded(NumberFormat format, Dictionary<string, float[]> values)
    {
        var codec = FormatCodecs.For(format);
        return TinyModel.Config.Sites.Where(shape => shape.Site.HasWeight).ToDictionary(shape => LlamaConfig.WeightName(shape.Site), shape =>
        {
            var weight = values[LlamaConfig.WeightName(shape.Site)];
            var parameter = codec.TensorParameter(weight.Max(Math.Abs));
            var rounded = new float[weight.Length];
            for (var at = 0; at < weight.Length; at += shape.Inputs)
                codec.Round(weight.AsSpan(at, shape.Inputs), rounded.AsSpan(at, shape.Inputs), parameter);
            return rounded;
        }, StringComparer.Ordinal);
    }

    private static void WritePacked(string directory, NumberFormat format, Plan plan, Dictionary<string, float[]> values)
    {
        var sites = TinyModel.Config.Sites.Where(shape => shape.Site.HasWeight).ToDictionary(shape => LlamaConfig.WeightName(shape.Site), StringComparer.Ordinal);
        var weights = LlamaTensors.Expected(TinyModel.Config)
            .Select(tensor => sites.ContainsKey(tensor.Name) ? StoredWeight.In(format, tensor.Name, tensor.Shape) : new StoredWeight(tensor.Name, tensor.Shape, TensorType.BF16)).ToList();
        using var writer = ModelDirectoryWriter.Create(directory, TinyModel.Config, weights, plan);
        foreach (var weight in writer.InFileOrder)
        {
            if (weight.Format is null)
                writer.WriteFloats(weight.Name, values[weight.Name]);
            else
                writer.WritePacked(weight.Name, PackedMatrix.Pack(format, values[weight.Name], (int)weight.Shape[1]));
        }

        writer.Commit();
    }

    private static void AssertSameStoredBytes(ModelSource first, ModelSource second)
    {
        foreach (var (name, _) in first.Config.Tensors)
        {
            var entry = first.Tensors.Tensors[name];
            Assert.Equal(entry.Type, second.Tensors.Tensors[name].Type);
            var (one, two) = (new byte[entry.Bytes], new byte[entry.Bytes]);
            first.Tensors.ReadBytes(name, 0, one);
            second.Tensors.ReadBytes(name, 0, two);
            Assert.Equal(one, two);
        }
    }

    private sealed class Progress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
