using System.Globalization;
using System.Runtime.Intrinsics;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;
using Pith.Models.Generation;

namespace Pith.Cli.Quickstart;

/// <summary>The main job from end to end: evaluate a model, quantize it to every format, evaluate each, choose, write, run.</summary>
internal sealed class QuickstartRun : IDisposable
{
    /// <summary>Name of the chosen model's folder in the output folder.</summary>
    public const string ModelName = "model";

    private const int Context = 256;
    private const string Prompt = "It was";
    private const int SampleTokens = 60;
    private const string CalibrationText = "data/calibrate.txt";

    private readonly QuickstartOptions options;
    private readonly CancellationToken cancellation;
    private readonly Workers workers;
    private readonly ModelSource source;
    private readonly LanguageModel original;
    private readonly IReadOnlyList<EvaluationWindow> windows;

    /// <summary>Reads model and text.</summary>
    /// <exception cref="PithException">One of them cannot be read, or no format fits the budget.</exception>
    public QuickstartRun(QuickstartOptions options, CancellationToken cancellation)
    {
        this.options = options;
        this.cancellation = cancellation;
        workers = new Workers(options.Threads);
        original = LanguageModel.Open(options.Model, workers: workers, cancellation: cancellation);
        RequireBudget();
        windows = EvaluationText.Read(
            options.Text,
            original.Tokenizer,
            new EvaluationOptions { Context = Math.Min(Context, original.Config.ContextLength), MaxTokens = options.Tokens },
            cancellation);
        source = ModelSource.Open(options.Model);
    }

    /// <summary>Does it all, and writes the output folder.</summary>
    /// <param name="progress">Gets the fraction done.</param>
    public QuickstartResult Execute(IProgress<double> progress)
    {
        using var output = AtomicDirectory.Create(options.Output, options.Replace);
        var first = MeasureOriginal();
        List<QuickstartRow> rows = [];
        QuickstartRow? searched, lowRank;
        var scratch = Path.Combine(options.CacheDirectory, string.Create(CultureInfo.InvariantCulture, $"quickstart-{Environment.ProcessId}"));
        try
        {
            foreach (var format in QuickstartOptions.DefaultFormats)
            {
                rows.Add(Measure(NumberFormat.Parse(format), scratch));
                progress.Report((double)rows.Count / QuickstartOptions.DefaultFormats.Count);
            }

            (searched, lowRank) = MeasureCalibrated(scratch);
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }

        var best = QuickstartResult.Choose(rows, options.BitsBudget)!;
        Quantize(NumberFormat.Parse(best.Format), output.FilePath(ModelName));
        var result = Describe(first, rows, (searched, lowRank), best, Sample(output.FilePath(ModelName)));
        QuickstartReport.Create(result).WriteTo(output.Path);
        output.Commit();
        return result;
    }

    /// <summary>Closes the model's files.</summary>
    public void Dispose() => source.Dispose();

    private void RequireBudget()
    {
        var least = QuickstartOptions.DefaultFormats
            .Select(format => new QuantizeOptions { Weights = NumberFormat.Parse(format) }.PlanFor(original.Sites))
            .Min(plan => AverageBits.Of(original.Config, plan));
        if (options.BitsBudget < least)
            throw new PithException(CliErrors.Usage, string.Create(CultureInfo.InvariantCulture, $"--bits expects at least {least:0.###}, not {options.BitsBudget}."));
    }

    private QuickstartRow MeasureOriginal()
    {
        var score = Perplexity.Measure(original.Model, windows, workers: workers, cancellation: cancellation);
        var weights = source.Config.Sites.Where(shape => shape.Site.HasWeight)
            .Select(shape => source.Tensors.Tensors[source.Config.WeightNameOf(shape.Site)]).ToList();
        return new QuickstartRow(
            string.Join(" and ", weights.Select(weight => weight.Type.Name().ToLowerInvariant()).Distinct()),
            weights.Sum(weight => 8.0 * weight.Type.Bytes() * weight.Elements) / weights.Sum(weight => weight.Elements),
            OriginalBytes(),
            score.Perplexity,
            0,
            Speed(original.Model),
            []);
    }

    // The files that a quantized copy has too: notes beside them do not count.
    private long OriginalBytes()
    {
        var tokenizer = original.Tokenizer.Files.Sum(file => new FileInfo(file).Length);
        return tokenizer + (File.Exists(source.Path)
            ? new FileInfo(source.Path).Length
            : new DirectoryInfo(source.Path).EnumerateFiles()
                .Where(file => file.Name is "config.json" or "generation_config.json" || file.Extension == ".safetensors")
                .Sum(file => file.Length));
    }

    // A format is measured as it is stored: written, read back, and run packed.
    private QuickstartRow Measure(NumberFormat format, string scratch) => Measure(format.ToString(), Quantize(format, scratch), scratch);

    private QuickstartRow Measure(string name, QuantizeResult quantized, string scratch)
    {
        var model = LanguageModel.Open(scratch, workers: workers, cancellation: cancellation).Model;
        var score = Perplexity.Measure(model, windows, original.Model, workers, cancellation: cancellation);
        var errors = quantized.Sites.GroupBy(site => site.Site.Layer).OrderBy(layer => layer.Key)
            .Select(layer => Math.Sqrt(layer.Average(site => site.RelativeError * site.RelativeError)));
        return new QuickstartRow(
            name, quantized.AverageBits!.Value, quantized.Bytes, score.Perplexity, score.Kl!.Value, Speed(model), [.. errors]);
    }

    // Nothing without the text to calibrate on.
    private (QuickstartRow? Searched, QuickstartRow? LowRank) MeasureCalibrated(string scratch)
    {
        if (Installation.Find(CalibrationText) is not { } text)
            return (null, null);
        var calibrated = new CalibratedOptions(original, text, workers, cancellation);
        var searched = Measure("searched", Quantize(calibrated.Searched(windows[0]), scratch), scratch);
        if (calibrated.LowRank() is not { } lowRank)
            return (searched, null);
        using var calibration = lowRank.Calibration;
        return (searched, Measure("low-rank", Quantize(lowRank, scratch), scratch));
    }

    private QuantizeResult Quantize(NumberFormat format, string path) =>
        Quantize(new QuantizeOptions { Weights = format, Activations = format }, path);

    private QuantizeResult Quantize(QuantizeOptions wanted, string path) => Quantizer.Quantize(
        source, path, wanted with { Replace = true, Threads = options.Threads }, cancellation: cancellation);

    private double Speed(CausalModel model) => DecodeSpeed.Measure(model, windows[0].Tokens.Span[0], workers, cancellation);

    private (string Text, SamplingOptions Sampling) Sample(string path)
    {
        var sampling = new SamplingOptions { Seed = options.Seed };
        var model = LanguageModel.Open(path, workers: workers, cancellation: cancellation);
        var continued = new Generator(model, workers).Continue(
            Prompt, new GenerationOptions { MaxTokens = SampleTokens, Sampling = sampling }, cancellation: cancellation);
        return (Prompt + continued.Text, sampling);
    }

    private QuickstartResult Describe(
        QuickstartRow first,
        IReadOnlyList<QuickstartRow> rows,
        (QuickstartRow? Searched, QuickstartRow? LowRank) calibrated,
        QuickstartRow best,
        (string Text, SamplingOptions Sampling) sample)
    {
        var summary = ModelSummary.Of(source);
        var vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        var version = typeof(QuickstartRun).Assembly.GetName().Version!.ToString(3);
        return new QuickstartResult
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Model)),
            Parameters = (summary.Parameters, summary.BlockParameters),
            Text = (Installation.Show(options.Text), windows.Sum(window => (long)window.Scored), windows.Max(window => window.Tokens.Length)),
            Original = first,
            Rows = rows,
            Searched = calibrated.Searched,
            LowRank = calibrated.LowRank,
            BitsBudget = options.BitsBudget,
            Sample = (sample.Text, Text($"{best.Format}, temperature {sample.Sampling.Temperature}, top-p {sample.Sampling.TopP}, seed {sample.Sampling.Seed}")),
            Machine = Text($"Pith {version}, .NET {Environment.Version}, {options.Threads} threads, vectors of {vectorBits} bits."),
            Command = $"./pith quantize {Installation.Show(options.Model)} --weights {best.Format} --activations {best.Format} --out {ModelName}",
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
