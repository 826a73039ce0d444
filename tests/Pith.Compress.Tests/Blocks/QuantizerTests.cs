using Pith.Compress.Blocks;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Compress.Tests.Blocks;

[Collection(nameof(Alone))]
public sealed class QuantizerTests : IDisposable
{
    private static readonly LlamaConfig Config = TinyLlama.Config with { ModelType = "qwen2", HasQkvBias = true };

    private readonly string _root = Directory.CreateTempSubdirectory("pith-quantize-").FullName;

    private string Original => Path.Combine(_root, "original");

    private string Output => Path.Combine(_root, "output");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("bfp6:16")]
    [InlineData("mxint4:32@mse")]
    [InlineData("mxfp4:32")]
    [InlineData("nvfp4")]
    [InlineData("fixed8")]
    [InlineData("bmf8:row")]
    public void Quantize_OneFormat_StoresTheRoundedWeightsAndCopiesTheRest(string text)
    {
        var format = NumberFormat.Parse(text);
        var source = WriteOriginal();
        Quantize(new QuantizeOptions { Weights = format, Activations = format });

        using var output = ModelSource.Open(Output);
        var codec = FormatCodecs.Reference(format);
        foreach (var (name, entry) in source.Tensors)
        {
            var expected = source.Numbers(name).ToArray();
            var isQuantized = Config.Sites.Any(shape => shape.Site.HasWeight && LlamaConfig.WeightName(shape.Site) == name);
            if (isQuantized)
            {
                var parameter = codec.TensorParameter(expected.Max(Math.Abs));
                foreach (var row in expected.Chunk(entry.Columns).Select((row, index) => (row, index)).ToList())
                    codec.Round(row.row, expected.AsSpan(row.index * entry.Columns, entry.Columns), parameter);
            }

            var found = new float[entry.Elements];
            output.Tensors.ReadFloats(name, 0, found);
            Assert.Equal(expected, found);
            Assert.Equal(isQuantized ? format : null, output.Tensors.ReadPacked(name)?.Codec.Format);
        }
    }

    [Fact]
    public void Quantize_Model_ComputesWhatEmulationComputes()
    {
        var source = WriteOriginal();
        var format = NumberFormat.Parse("bfp6:16");
        var result = Quantize(new QuantizeOptions { Weights = format, Activations = format });

        using var output = ModelSource.Open(Output);
        var tokens = TinyLlama.Tokens(Config, 20);
        var packed = CausalModel.Load(output.Config, output.Tensors, output.Plan).CreateSession().Append(tokens, LogitRows.All).ToArray();
        var emulated = LlamaModel.Load(Config, source, result.Plan).CreateSession().Append(tokens, LogitRows.All).ToArray();

        // The same rounded operands; sums of up to 50 products of order 1 in another order, two layers deep. A rounding of an activation that
        // falls on the other side of a tie moves it by 2^-5 of its block: seen as 1e-2 on a logit at most.
        Assert.Equal(emulated.Length, packed.Length);
        Assert.All(emulated.Zip(packed), pair => Assert.Equal(pair.First, pair.Second, 1e-2));
    }

    [Fact]
    public void Quantize_Report_AgreesWithTheFiles()
    {
        WriteOriginal();
        var options = new QuantizeOptions
        {
            Weights = NumberFormat.Parse("bfp6:16"),
            Activations = NumberFormat.Parse("mxint8:32"),
            Kv = NumberFormat.Parse("bfp4:16"),
            Overrides = Plan.FromJson("""{"version":1,"sites":{"layers.1.mlp.down":{"weights":"nvfp4"},"layers.0.attn.q":{"weights":"fp32","activations":"bf16"}}}"""u8.ToArray()),
        };
        var result = Quantize(options);

        using var file = SafetensorsFile.Open(Path.Combine(Output, "model.safetensors"));
        using var output = ModelSource.Open(Output);
        var names = Config.Sites.Where(shape => shape.Site.HasWeight).ToDictionary(shape => LlamaConfig.WeightName(shape.Site));
        long bytes = 0, weights = 0;
        foreach (var (name, shape) in names)
        {
            var own = file.Tensors.Values.Where(part => part.Name == name || part.Name.StartsWith(name + ".", StringComparison.Ordinal)).Sum(part => part.Bytes);
            Assert.Equal(8.0 * own / shape.Weights, result.Sites.Single(site => site.Site == shape.Site).Bits, 1e-12);
            bytes += own;
            weights += shape.Weights;
        }

        Assert.Equal(8.0 * bytes / weights, result.AverageBits!.Value, 1e-12);
        Assert.Equal(Directory.GetFiles(Output).Sum(path => new FileInfo(path).Length), result.Bytes);
        Assert.Equal(Config.Sites.Select(shape => shape.Site).Where(site => site.HasWeight), result.Sites.Select(site => site.Site));
        Assert.Equal(0, result.Sites.Single(site => site.Site == Site.Parse("layers.0.attn.q")).RelativeError);
        Assert.All(result.Sites.Skip(1), site => Assert.InRange(site.RelativeError, 0.01, 0.2));
        Assert.Equal(File.ReadAllText(Path.Combine(Output, "plan.json")), result.Plan.ToJson());
        Assert.Equal(result.Plan.Hash, output.Plan.Hash);
        Assert.Equal(new SitePlan(NumberFormat.Parse("bfp4:16"), NumberFormat.Parse("mxint8:32")), output.Plan[Site.Parse("layers.0.attn.av")]);
        Assert.Equal(Config.ContextLength, result.Tokens);
        Assert.Equal(MemoryDensity.Of(Config, result.Plan, 64), result.MemoryDensity);
    }

    [Fact]
    public void Quantize_MoreThreads_WritesTheSameBytes()
    {
        WriteOriginal();
        var format = NumberFormat.Parse("mxint4:16@mse");
        var one = Quantize(new QuantizeOptions { Weights = format, Threads = 1 });
        var bytes = File.ReadAllBytes(Path.Combine(Output, "model.safetensors"));
        var four = Quantize(new QuantizeOptions { Weights = format, Threads = 4, Replace = true });
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(Output, "model.safetensors")));
        Assert.Equal(one.Sites, four.Sites);
    }

    [Fact]
    public void Quantize_ActivationsOnly_KeepsTheWeightsAndThePlan()
    {
        var source = WriteOriginal();
        var result = Quantize(new QuantizeOptions { Activations = NumberFormat.Parse("bfp6:16") });
        Assert.Null(result.AverageBits);
        Assert.Empty(result.Sites);
        using var output = ModelSource.Open(Output);
        Assert.Equal(result.Plan.Hash, output.Plan.Hash);
        var name = LlamaConfig.WeightName(Site.Parse("layers.1.attn.v"));
        var found = new float[source.Numbers(name).Length];
        output.Tensors.ReadFloats(name, 0, found);
        Assert.Equal(source.Numbers(name), found);
    }

    [Fact]
    public void Quantize_WideFormat_IsStoredPlain()
    {
        WriteOriginal();
        var result = Quantize(new QuantizeOptions { Weights = NumberFormat.Parse("bf16") });
        using var output = ModelSource.Open(Output);
        Assert.Equal(TensorType.BF16, output.Tensors.Tensors[LlamaConfig.WeightName(Site.Parse("layers.0.attn.q"))].Type);
        Assert.Equal(16, result.AverageBits);

        // 8 bits of significand: a step is 2^-7 of the bottom of a binade, its error 2^-7/√12 = 2.3e-3 of the bottom and half of that of the top.
        Assert.All(result.Sites, site => Assert.InRange(site.RelativeError, 1.1e-3, 2.3e-3));
    }

    [Fact]
    public void Quantize_AQuantizedModel_IsRefused()
    {
        WriteOriginal();
        Quantize(new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16") });
        using var source = ModelSource.Open(Output);
        var error = Assert.Throws<PithException>(() => Quantizer.Quantize(source, Path.Combine(_root, "again"), new QuantizeOptions { Weights = NumberFormat.Parse("bfp4:16") }, cancellation: TestContext.Current.CancellationToken));
        Assert.Same(CompressErrors.AlreadyQuantized, error.Error);
        Assert.Contains("bfp6:16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_TakenOutput_IsRefusedUnlessReplacing()
    {
        WriteOriginal();
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "mine"), "");
        var options = new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16") };
        Assert.Same(CoreErrors.OutputExists, Assert.Throws<PithException>(() => Quantize(options)).Error);
        Assert.True(File.Exists(Path.Combine(Output, "mine")));
        Quantize(options with { Replace = true });
        Assert.False(File.Exists(Path.Combine(Output, "mine")));
    }

    [Fact]
    public void Quantize_OutputAroundTheModel_IsRefusedEvenIfReplacing()
    {
        WriteOriginal();
        using var source = ModelSource.Open(Original);
        var error = Assert.Throws<PithException>(() => Quantizer.Quantize(
            source, _root, new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16"), Replace = true }, cancellation: TestContext.Current.CancellationToken));
        Assert.Same(CoreErrors.CannotWrite, error.Error);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Quantize_OntoTheModelItself_ReplacesIt()
    {
        WriteOriginal();
        using (var source = ModelSource.Open(Original))
            Quantizer.Quantize(source, Original, new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16"), Replace = true }, cancellation: TestContext.Current.CancellationToken);
        using var replaced = ModelSource.Open(Original);
        Assert.Equal(ModelKind.PackedDirectory, replaced.Kind);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Quantize_NanInTheLastWeight_NamesItAndLeavesNothing()
    {
        var name = LlamaConfig.WeightName(Site.Parse("layers.1.mlp.down"));
        WriteOriginal(source => source.Numbers(name)[^1] = float.NaN);
        var error = Assert.Throws<PithException>(() => Quantize(new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16") }));
        Assert.Same(CompressErrors.NonFiniteWeight, error.Error);
        Assert.Contains(name + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains("[35, 49], element 1799", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Quantize_NanInATensorThatIsCopied_NamesItAndLeavesNothing()
    {
        WriteOriginal(source => source.Numbers("model.norm.weight")[3] = float.NegativeInfinity);
        var error = Assert.Throws<PithException>(() => Quantize(new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16") }));
        Assert.Contains("model.norm.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("element 3", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Quantize_Cancelled_LeavesNothing()
    {
        WriteOriginal();
        using var source = ModelSource.Open(Original);
        using var stop = new CancellationTokenSource();
        var seen = new List<double>();
        Assert.ThrowsAny<OperationCanceledException>(() => Quantizer.Quantize(
            source,
            Output,
            new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16"), Threads = 1 },
            new Callback(fraction =>
            {
                seen.Add(fraction);
                if (fraction > 0.5)
                    stop.Cancel();
            }),
            stop.Token));
        Assert.Equal(seen.Order(), seen);
        Assert.InRange(seen[^1], 0.5, 0.9);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Quantize_ToTheEnd_ReportsAllOfIt()
    {
        WriteOriginal();
        var last = 0.0;
        using var source = ModelSource.Open(Original);
        Quantizer.Quantize(source, Output, new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16"), Threads = 1 }, new Callback(fraction => last = fraction), TestContext.Current.CancellationToken);
        Assert.Equal(1, last);
    }

    // 4 blocks of 7 weights of 1024 × 1024: 59 MB as stored, of which the largest weight is 2 MiB.
    [Fact]
    public void Quantize_ManyLargeWeights_HoldsOneAtATime()
    {
        var config = TinyLlama.Config with { HiddenSize = 1024, IntermediateSize = 1024, Layers = 4, Heads = 16, KvHeads = 16, HeadSize = 64 };
        var row = TinyLlama.Weights(TinyLlama.Config).Numbers("model.embed_tokens.weight")[..1024];
        using (var writer = ModelDirectoryWriter.Create(Original, config, [.. LlamaTensors.Expected(config).Select(tensor => new StoredWeight(tensor.Name, tensor.Shape, TensorType.BF16))]))
        {
            foreach (var weight in writer.InFileOrder)
            {
                for (var left = weight.Shape.Aggregate(1L, (product, length) => product * length); left > 0; left -= row.Length)
                    writer.WriteFloats(weight.Name, row.AsSpan(0, (int)Math.Min(left, row.Length)));
            }

            writer.Commit();
        }

        const long LargestWeight = 1024 * 1024 * sizeof(short);
        using var source = ModelSource.Open(Original);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        var calls = 0;
        var result = Quantizer.Quantize(
            source,
            Output,
            new QuantizeOptions { Weights = NumberFormat.Parse("bfp6:16"), Threads = 2 },
            new Callback(_ =>
            {
                // Each weight makes 16 calls; collecting in every eighth sees it begun and nearly packed.
                if (Interlocked.Increment(ref calls) % 8 != 0)
                    return;
                lock (source)
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }),
            TestContext.Current.CancellationToken);

        // The constant: the writer's buffer of 1 MiB, the copy buffer of 4 MiB, a chunk of 256 KiB a thread.
        Assert.InRange(most, LargestWeight / 4, (2 * LargestWeight) + (6 << 20));
        Assert.True(result.Bytes > 4 * most, $"{result.Bytes} bytes with {most} in memory");
    }

    private void AssertNothingIsLeft() => Assert.Equal([Original], Directory.GetFileSystemEntries(_root));

    private MemoryTensorSource WriteOriginal(Action<MemoryTensorSource>? change = null)
    {
        var source = TinyLlama.Weights(Config);
        change?.Invoke(source);
        using var writer = ModelDirectoryWriter.Create(Original, Config, [.. source.Tensors.Values.Select(entry => new StoredWeight(entry.Name, entry.Shape, TensorType.F32))]);
        foreach (var name in source.Tensors.Keys)
            writer.WriteFloats(name, source.Numbers(name));
        writer.Commit();
        return source;
    }

    private QuantizeResult Quantize(QuantizeOptions options)
    {
        using var source = ModelSource.Open(Original);
        return Quantizer.Quantize(source, Output, options, cancellation: TestContext.Current.CancellationToken);
    }

    // Progress<T> would call back later, on another thread.
    private sealed class Callback(Action<double> action) : IProgress<double>
    {
        public void Report(double value) => action(value);
    }
}
