using Pith.Core.Diagnostics;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Calibration;
using Pith.Models.Opt;
using Pith.TestKit;

namespace Pith.Models.Tests.Calibration;

public sealed class CalibratorTests
{
    private static readonly CalibrationOptions WithMoments = new() { HasSecondMoments = true };

    // The statistics by their definitions, from rows which an observer of its own collects.
    [Fact]
    public void Run_AnyInput_IsWhatTheDefinitionsSay()
    {
        var model = TinyLlama.Model();
        var text = Text(20, 13, 17);
        var rows = Collect(model, text);
        using var statistics = Calibrator.Run(model, text, WithMoments);
        Assert.Equal(50, statistics.Tokens);
        foreach (var (site, width) in SharedInputs.Of(model.Config))
        {
            var own = statistics[site];
            var moments = statistics.SecondMomentOf(site);
            var all = rows[site].SelectMany(sequence => sequence).ToArray();
            Assert.Equal(width, own.Width);
            for (var i = 0; i < width; i++)
            {
                var column = Column(all, i, width);
                Close(column.Average(Math.Abs), own.MeanAbsolute[i]);
                Close(column.Average(x => x * x), own.MeanSquare[i]);

                // Batches of two sequences: (20 + 13 tokens) and (17).
                double[] batches = [Column([.. rows[site][0], .. rows[site][1]], i, width).Average(Math.Abs), Column(rows[site][2], i, width).Average(Math.Abs)];
                Close(batches.Max(), own.LargestBatchMean[i]);
                for (var j = 0; j < width; j++)
                {
                    var other = Column(all, j, width);
                    var scale = Math.Sqrt(own.MeanSquare[i] * own.MeanSquare[j]);
                    Assert.Equal(column.Zip(other, (a, b) => a * b).Average(), moments[(i * width) + j], 20.0 / (1 << 24) * scale);
                    Assert.Equal(moments[(j * width) + i], moments[(i * width) + j]);
                }
            }
        }

        static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-12 * Math.Abs(expected));
    }

    [Fact]
    public void Item_ProductsOfOneInput_ShareIt()
    {
        using var statistics = Calibrator.Run(TinyLlama.Model(), Text(9));
        Assert.Equal(statistics[Site.Parse("layers.1.attn.q")].MeanSquare, statistics[Site.Parse("layers.1.attn.v")].MeanSquare);
        Assert.Equal(statistics[Site.Parse("layers.1.mlp.gate")].MeanSquare, statistics[Site.Parse("layers.1.mlp.up")].MeanSquare);
        Assert.Throws<ArgumentException>(() => statistics[Site.Parse("layers.1.attn.qk")]);
        Assert.Throws<InvalidOperationException>(() => statistics.SecondMomentOf(Site.Parse("layers.1.attn.q")));
    }

    [Fact]
    public void Run_ThreadsAndPlaceOfTheMoments_DoNotMatter()
    {
        var (model, text) = (TinyLlama.Model(), Text(30, 30, 30));
        using var one = Calibrator.Run(model, text, WithMoments, workers: Workers.Single);
        using var other = Calibrator.Run(model, text, WithMoments with { MemoryLimitBytes = 0 }, workers: new Workers(3));
        AssertSame(one, other, model);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_InterruptedAndResumed_EndsWithTheSameBits(bool isOnDisk)
    {
        var (model, text) = (TinyLlama.Model(), Text(15, 12, 18, 15, 11));
        var options = WithMoments with { CheckpointBatches = 1, MemoryLimitBytes = isOnDisk ? 0 : long.MaxValue };
        using var whole = Calibrator.Run(model, text, options);
        using var folder = new TemporaryFolder();
        var cache = new CalibrationCache(folder.Path, "model");
        using var stop = new CancellationTokenSource();
        var stopInsideABatch = new Callback(share =>
        {
            if (share > 0.6)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Calibrator.Run(model, text, options, cache, progress: stopInsideABatch, cancellation: stop.Token));
        using var resumed = Calibrator.Run(model, text, options, cache);
        Assert.Equal(2, resumed.ReusedSequences);
        AssertSame(whole, resumed, model);

        using var again = Calibrator.Run(model, text, options, cache);
        Assert.Equal(5, again.ReusedSequences);
        AssertSame(whole, again, model);

        // One entry; the scratch files are those of statistics which still live.
        Assert.Single(Directory.GetDirectories(folder.Path));
    }

    [Fact]
    public void Run_AnotherModelTextOrBatch_IsAnotherEntry()
    {
        var model = TinyLlama.Model();
        using var folder = new TemporaryFolder();
        var cache = new CalibrationCache(folder.Path, "model");
        Calibrator.Run(model, Text(9, 9), cache: cache).Dispose();
        foreach (var (other, text, options) in new[]
        {
            (cache with { ModelDigest = "other" }, Text(9, 9), new CalibrationOptions()),
            (cache, Text(9, 8), new CalibrationOptions()),
            (cache, Text(9, 9), new CalibrationOptions { BatchSequences = 1 }),
        })
        {
            using var statistics = Calibrator.Run(model, text, options, other);
            Assert.Equal(0, statistics.ReusedSequences);
        }

        Assert.Equal(4, Directory.GetDirectories(folder.Path).Length);
    }

    [Fact]
    public void Run_DamagedEntry_IsMeasuredAnew()
    {
        var model = TinyLlama.Model();
        using var folder = new TemporaryFolder();
        var cache = new CalibrationCache(folder.Path, "model");
        using var first = Calibrator.Run(model, Text(9), cache: cache);
        var file = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^8]);
        using var second = Calibrator.Run(model, Text(9), cache: cache);
        Assert.Equal(0, second.ReusedSequences);
        Assert.Equal(first[Site.Parse("layers.0.attn.q")].MeanSquare, second[Site.Parse("layers.0.attn.q")].MeanSquare);
        using var third = Calibrator.Run(model, Text(9), cache: cache);
        Assert.Equal(1, third.ReusedSequences);
    }

    [Fact]
    public void Run_FewerTokensThanAMomentHasRows_SaysHowManyAreNeeded()
    {
        var error = Assert.Throws<PithException>(() => Calibrator.Run(TinyLlama.Model(), Text(49), WithMoments));
        Assert.Same(ModelsErrors.TooFewTokens, error.Error);
        Assert.Contains("at least 50 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("mlp.down", error.Message, StringComparison.Ordinal);
        Calibrator.Run(TinyLlama.Model(), Text(49)).Dispose();
        Assert.Same(ModelsErrors.TooFewTokens, Assert.Throws<PithException>(() => Calibrator.Run(TinyLlama.Model(), new CalibrationText([]))).Error);
    }

    [Fact]
    public void Run_TokenOutsideTheVocabulary_IsNamed()
    {
        var error = Assert.Throws<PithException>(() => Calibrator.Run(TinyLlama.Model(), new CalibrationText([new[] { 1, 2 }, new[] { 3, 61 }])));
        Assert.Same(ModelsErrors.UnknownToken, error.Error);
        Assert.Contains("sequence 1, token 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Opt_MeasuresItsInputs()
    {
        using var source = TinyOpt.Weights(TinyOpt.Config);
        var model = OptModel.Load(TinyOpt.Config, source);
        using var statistics = Calibrator.Run(model, new CalibrationText([TinyOpt.Tokens(TinyOpt.Config, 12)]));
        Assert.Equal(model.Config.Sites.Single(shape => shape.Site == Site.Parse("layers.0.mlp.fc2")).Inputs, statistics[Site.Parse("layers.0.mlp.fc2")].Width);
    }

    private static CalibrationText Text(params int[] lengths) =>
        new([.. lengths.Select((length, index) => (ReadOnlyMemory<int>)TinyLlama.Tokens(TinyLlama.Config, length, seed: 10 + index))]);

    private static Dictionary<Site, List<float[]>> Collect(CausalModel model, CalibrationText text)
    {
        var rows = new Dictionary<Site, List<float[]>>();
        foreach (var sequence in text.Sequences)
        {
            var session = model.CreateSession();
            session.Observer = (site, isRight, values, _) =>
            {
                if (site.HasWeight)
                    rows.TryAdd(site, []);
                if (site.HasWeight && !isRight)
                    rows[site].Add(values.ToArray());
            };
            session.Append(sequence.Span);
        }

        return rows;
    }

    private static double[] Column(float[] rows, int column, int width) => [.. Enumerable.Range(0, rows.Length / width).Select(t => (double)rows[(t * width) + column])];

    private static void AssertSame(CalibrationStatistics expected, CalibrationStatistics actual, CausalModel model)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        foreach (var (site, _) in SharedInputs.Of(model.Config))
        {
            Assert.Equal(expected[site].MeanAbsolute, actual[site].MeanAbsolute);
            Assert.Equal(expected[site].LargestBatchMean, actual[site].LargestBatchMean);
            Assert.Equal(expected[site].MeanSquare, actual[site].MeanSquare);
            Assert.Equal(expected.SecondMomentOf(site), actual.SecondMomentOf(site));
        }
    }

    private sealed class Callback(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("pith-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
