using System.Globalization;
using Pith.Bench.Studies;
using Pith.Compress.Blocks;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;
using Pith.Tune.Output;
using Pith.Tune.Text;
using Pith.Tune.Training;
using Pith.Tune.Tuning;

namespace Pith.Bench.Tuning.FineTuning;

/// <summary>The measurements on one bundled model, each taken from the journal where it is there.</summary>
internal sealed class TuningRun : IDisposable
{
    /// <summary>Tokens that each model is tuned on.</summary>
    public const long TrainingTokens = 40_880;

    /// <summary>Tokens of the held-out text.</summary>
    public const int HeldOutTokens = 10_220;

    // Small, so that so few tokens make twenty steps.
    private const int BatchBlocks = 4;

    // The tuned models are measured on the held-out text: two blocks are enough for their records.
    private const double ValidationShare = 0.002;

    private readonly StudyContext _context;
    private readonly string _path;
    private readonly TuningTexts _texts;
    private readonly CancellationToken _cancellation;
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tuning-").FullName;
    private readonly Lazy<StartingModel> _start;
    private readonly Lazy<IReadOnlyList<EvaluationWindow>> _windows;

    public TuningRun(StudyContext context, string path, TuningTexts texts, CancellationToken cancellation)
    {
        (_context, _path, _texts, _cancellation) = (context, path, texts, cancellation);
        _start = new(() =>
        {
            using var source = ModelSource.Open(path);
            return StartingModel.Read(source, cancellation);
        });
        _windows = new(() => EvaluationText.Read(
            texts.HeldOut,
            _start.Value.Tokenizer,
            new EvaluationOptions { Context = _start.Value.Config.ContextLength, MaxTokens = Math.Min(HeldOutTokens, context.Tokens) },
            cancellation));
    }

    /// <summary>The model's name.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>The model as it comes, in 32-bit floats and in every format.</summary>
    public IReadOnlyList<TuningResult> Untuned() => _context.Journal.GetOrAdd(Key("untuned"), () => MeasureAll(_path, null, null));

    /// <summary>The model tuned in 32-bit floats, and then rounded to every format.</summary>
    public (IReadOnlyList<TuningResult> Results, TuningSpeed Speed) TunedInFloats(int seed) => Tuned(seed, TuningResult.InFloats, null);

    /// <summary>The model tuned while it was rounded to a format, in that format.</summary>
    public (IReadOnlyList<TuningResult> Results, TuningSpeed Speed) TunedIn(TunedFormat format, int seed) => Tuned(seed, format.Name, format);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (IReadOnlyList<TuningResult> Results, TuningSpeed Speed) Tuned(int seed, string name, TunedFormat? format)
    {
        var entry = _context.Journal.GetOrAdd(Key("tuned", name, seed.ToString(CultureInfo.InvariantCulture)), () =>
        {
            var (directory, speed) = Tune(format, name, (ulong)seed);
            IReadOnlyList<TuningResult> results = format is null ? MeasureAll(directory, seed, name) : [Measure(directory, seed, name, format)];
            Directory.Delete(directory, recursive: true);
            return new Entry([.. results], speed);
        });
        return (entry.Results, entry.Speed);
    }

    private (string Directory, TuningSpeed Speed) Tune(TunedFormat? format, string name, ulong seed)
    {
        var start = _start.Value;
        var text = TrainingText.Load(_texts.Training, start.Tokenizer, Path.Combine(_context.Repository, "artifacts", "studies"), _cancellation);
        var blocks = new TokenBlocks(text.Ids, start.Bos, start.Config.ContextLength, ValidationShare);
        var options = new TrainingOptions
        {
            Model = start.Config,
            Plan = format?.ToOptions(_context.Threads).PlanFor([.. start.Config.Sites.Select(shape => shape.Site)]) ?? Plan.Empty,
            StoredAs = TensorType.F32,
            Tokens = TrainingTokens,
            LearningRate = TuneDefaults.LearningRate,
            WeightDecay = TuneDefaults.WeightDecay,
            BatchBlocks = BatchBlocks,
            MicroBatchBlocks = 2,
            Seed = seed,
        };
        var trainer = new Trainer(options, blocks, _context.Threads) { Start = start.Weights };
        var before = trainer.Validate(start.Weights, _cancellation);
        var result = trainer.Run(resume: false, cancellation: _cancellation);
        var directory = Path.Combine(_folder, "tuned");
        var record = new TrainingRecord
        {
            Name = Name,
            Command = _context.Provenance.Command,
            Commit = null,
            DataPath = Path.GetFileName(_texts.Training),
            Text = text,
            Tokenizer = start.Tokenizer,
            Options = options,
            Start = start,
            StartingLoss = before,
            Blocks = blocks,
            Result = result,
            Threads = _context.Threads,
        };
        ModelDirectory.Write(directory, record, replace: true);
        return (directory, new TuningSpeed(Name, name, result.Seconds, result.Losses[0], result.Losses.TakeLast(Math.Max(1, result.Losses.Count / 10)).Average()));
    }

    private TuningResult[] MeasureAll(string directory, int? seed, string? tunedAs) =>
        [Measure(directory, seed, tunedAs, null), .. TunedFormat.All.Select(format => Measure(directory, seed, tunedAs, format))];

    // Quantizes the directory, unless it is measured as it is, and evaluates what lies on the disk.
    private TuningResult Measure(string directory, int? seed, string? tunedAs, TunedFormat? format)
    {
        var path = directory;
        if (format is not null)
        {
            path = Path.Combine(_folder, "packed");
            using var source = ModelSource.Open(directory);
            Quantizer.Quantize(source, path, format.ToOptions(_context.Threads) with { Replace = true }, null, _cancellation);
        }

        var workers = new Workers(_context.Threads);
        var model = LanguageModel.Open(path, workers: workers, cancellation: _cancellation);
        var perplexity = Perplexity.Measure(model.Model, _windows.Value, null, workers, null, _cancellation).Perplexity;
        var result = new TuningResult(Name, seed, tunedAs, format?.Name ?? TuningResult.InFloats, perplexity);
        _context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, tuned {tunedAs ?? "not"}{(seed is null ? "" : $" with seed {seed}")}, in {result.Format}: perplexity {perplexity:F3}"));
        return result;
    }

    private string Key(params string[] parts) =>
        Journal.Key(["fine tuning", typeof(Trainer).Module.ModuleVersionId.ToString("N"), Name, _texts.Id, $"{TrainingTokens} {BatchBlocks} {HeldOutTokens} {_context.Tokens}", .. TunedFormat.All.Select(format => format.Name), .. parts]);

    private sealed record Entry(TuningResult[] Results, TuningSpeed Speed);
}
