using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;

namespace Pith.Cli.Quickstart;

/// <summary>The main job from end to end: evaluate a model, quantize it to every format, evaluate each, choose, write, run.</summary>
internal sealed class QuickstartRun : IDisposable
{
    /// <summary>Name of the chosen model's folder in the output folder.</summary>
    public const string ModelName = "model";

    private const int Context = 256;
    private const int SpeedTokens = 32;
    private const int SpeedRuns = 3;
    private static readonly TimeSpan SpeedTime = TimeSpan.FromSeconds(0.25);
    private const int SampleTokens = 60;
    private const double Temperature = 0.8;
    private const string Prompt = "It was";

    private readonly QuickstartOptions options;
    private readonly ModelSource source;
    private readonly TokenizerBundle tokenizer;
    private readonly IReadOnlyList<EvaluationWindow> windows;
    private readonly LlamaModel original;
    private readonly Workers workers;
    private readonly CancellationToken cancellation;

    /// <summary>Reads model and text.</summary>
    public QuickstartRun(QuickstartOptions options, CancellationToken cancellation)
    {
        this.options = options;
        this.cancellation = cancellation;
        workers = new Workers(options.Threads);
        source = ModelSource.Open(options.Model);
        var least = QuickstartOptions.DefaultFormats.Min(format => AverageBits.Of(source.Config, PlanFor(NumberFormat.Parse(format))));
        if (options.BitsBudget < least)
            throw new PithException(CliErrors.Usage, string.Create(CultureInfo.InvariantCulture, $"--bits expects at least {least:0.###}, not {options.BitsBudget}."));
        tokenizer = source.LoadTokenizer();
        windows = EvaluationText.Read(
            options.Text, tokenizer,
            new EvaluationOptions { Context = Math.Min(Context, source.Config.ContextLength), MaxTokens = options.Tokens },
            cancellation);
        original = LlamaModel.Load(source.Config, source.Tensors, source.Plan, workers, cancellation);
    }

    /// <summary>Does it all, and writes the output folder.</summary>
    /// <param name="progress">Gets the fraction done.</param>
    public QuickstartResult Execute(IProgress<double> progress)
    {
        using var output = AtomicDirectory.Create(options.Output, options.Replace);
        var first = MeasureOriginal();
        List<QuickstartRow> rows = [];
        var scratch = Path.Combine(options.CacheDirectory, string.Create(CultureInfo.InvariantCulture, $"quickstart-{Environment.ProcessId}"));
        try
        {
            foreach (var format in QuickstartOptions.DefaultFormats)
            {
                rows.Add(Measure(NumberFormat.Parse(format), scratch));
                progress.Report((double)rows.Count / QuickstartOptions.DefaultFormats.Count);
            }
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }

        var result = Describe(first, rows);
        Quantize(NumberFormat.Parse(result.Best.Format), output.FilePath(ModelName));
        QuickstartReport.Create(result).WriteTo(output.Path);
        output.Commit();
        return result;
    }

    /// <summary>Closes the model's files.</summary>
    public void Dispose() => source.Dispose();

    private QuickstartRow MeasureOriginal()
    {
        var score = Perplexity.Measure(original, windows, workers: workers, cancellation: cancellation);
        var weights = source.Config.Sites.Where(shape => shape.Site.HasWeight)
            .Select(shape => source.Tensors.Tensors[LlamaConfig.WeightName(shape.Site)]).ToList();
        return new QuickstartRow(
            string.Join(" and ", weights.Select(weight => weight.Type.Name().ToLowerInvariant()).Distinct()),
            weights.Sum(weight => 8.0 * weight.Type.Bytes() * weight.Elements) / weights.Sum(weight => weight.Elements),
            OriginalBytes(), score.Perplexity, 0, Speed(original), []);
    }

    // The model is measured as it is stored: written, read back, and run packed.
    private QuickstartRow Measure(NumberFormat format, string scratch)
    {
        var quantized = Quantize(format, scratch);
        using var packed = ModelSource.Open(scratch);
        var model = LlamaModel.Load(packed.Config, packed.Tensors, packed.Plan, workers, cancellation);
        var score = Perplexity.Measure(model, windows, original, workers, cancellation: cancellation);
        var errors = quantized.Sites.GroupBy(site => site.Site.Layer).OrderBy(layer => layer.Key)
            .Select(layer => Math.Sqrt(layer.Average(site => site.RelativeError * site.RelativeError)));
        return new QuickstartRow(
            format.ToString(), quantized.AverageBits!.Value, quantized.Bytes, score.Perplexity, score.Kl!.Value, Speed(model), [.. errors]);
    }

    // The files that a quantized copy has too: notes of other kinds beside them would only confuse.
    private long OriginalBytes() => File.Exists(source.Path)
        ? new FileInfo(source.Path).Length + tokenizer.Files.Sum(file => new FileInfo(file).Length)
        : new DirectoryInfo(source.Path).EnumerateFiles()
            .Where(file => file.Name is "config.json" or "generation_config.json" || file.Extension == ".safetensors" || tokenizer.Files.Any(own => Path.GetFileName(own) == file.Name))
            .Sum(file => file.Length);

    private QuantizeResult Quantize(NumberFormat format, string path) => Quantizer.Quantize(
        source, path, new QuantizeOptions { Weights = format, Activations = format, Replace = true, Threads = options.Threads },
        cancellation: cancellation);

    // Greedy, one token after the other. The fastest of some runs: other work on the machine only ever makes one slower.
    private double Speed(LlamaModel model)
    {
        var session = model.CreateSession(SpeedTokens, workers);
        var best = TimeSpan.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        for (var run = 0; run < SpeedRuns || Stopwatch.GetElapsedTime(begin) < SpeedTime; run++)
        {
            session.Truncate(0);
            var token = windows[0].Tokens.Span[0];
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < SpeedTokens; i++)
                token = TensorPrimitives.IndexOfMax(session.Append([token], cancellation: cancellation).Span);
            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return SpeedTokens / best.TotalSeconds;
    }

    private QuickstartResult Describe(QuickstartRow first, IReadOnlyList<QuickstartRow> rows)
    {
        var best = QuickstartResult.Choose(rows, options.BitsBudget)!;
        var summary = ModelSummary.Of(source);
        return new QuickstartResult
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Model)),
            Parameters = (summary.Parameters, summary.BlockParameters),
            Text = (Installation.Show(options.Text), windows.Sum(window => (long)window.Scored), windows.Max(window => window.Tokens.Length)),
            Original = first,
            Rows = rows,
            BitsBudget = options.BitsBudget,
            Sample = (Sample(NumberFormat.Parse(best.Format)), string.Create(CultureInfo.InvariantCulture, $"{best.Format}, temperature {Temperature}, seed {options.Seed}")),
            Machine = string.Create(CultureInfo.InvariantCulture, $"Pith {typeof(QuickstartRun).Assembly.GetName().Version!.ToString(3)}, .NET {Environment.Version}, {options.Threads} threads, vectors of {VectorBits} bits."),
            Command = $"./pith quantize {Installation.Show(options.Model)} --weights {best.Format} --activations {best.Format} --out {ModelName}",
        };
    }

    private Plan PlanFor(NumberFormat format) =>
        new QuantizeOptions { Weights = format, Activations = format }.PlanFor([.. source.Config.Sites.Select(shape => shape.Site)]);

    private string Sample(NumberFormat format)
    {
        var session = original.WithPlan(PlanFor(format), workers, cancellation).CreateSession(workers: workers);
        var random = new Random(options.Seed);
        List<int> tokens = [.. windows[0].Tokens.Span[..1], .. tokenizer.Tokenizer.Encode(Prompt)];
        var prompt = tokens.Count;
        var logits = session.Append(tokens.ToArray(), cancellation: cancellation);
        while (tokens.Count < prompt + SampleTokens)
        {
            tokens.Add(Draw(logits.Span, random));
            logits = session.Append([tokens[^1]], cancellation: cancellation);
        }

        return tokenizer.Tokenizer.Decode(tokens.Skip(1).ToArray());
    }

    private static int Draw(ReadOnlySpan<float> logits, Random random)
    {
        var largest = TensorPrimitives.Max(logits);
        var weights = logits.ToArray().Select(logit => Math.Exp((logit - largest) / Temperature)).ToArray();
        var left = random.NextDouble() * weights.Sum();
        var token = 0;
        while (token < weights.Length - 1 && (left -= weights[token]) > 0)
            token++;
        return token;
    }

    private static int VectorBits => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 512
        : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? 256 : 128;
}
