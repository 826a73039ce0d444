using System.Globalization;
using Pith.Compress.Blocks;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>The measurements on one model, each taken from the journal where it is there.</summary>
internal sealed class ModelRun
{
    // Windows that are read for statistics of the operands: about two thousand tokens.
    private const int StatisticsWindows = 8;

    private static readonly bool[] PlainAndWeighted = [false, true];

    private readonly StudyContext _context;
    private readonly StudyModel _study;
    private readonly CancellationToken _cancellation;
    private readonly Workers _workers;
    private readonly Lazy<CausalModel> _model;
    private readonly Lazy<OperandStatistics> _statistics;

    public ModelRun(StudyContext context, StudyModel study, CancellationToken cancellation)
    {
        _context = context;
        _study = study;
        _cancellation = cancellation;
        _workers = new Workers(context.Threads);
        _model = new(() => CausalModel.Load(study.Config, study.Source.Tensors, workers: _workers, cancellation: cancellation));
        _statistics = new(() => OperandStatistics.Measure(_model.Value, study, StatisticsWindows, cancellation));
    }

    /// <summary>The model in 32-bit floats.</summary>
    public ModelResult Reference() => _context.Journal.GetOrAdd(Key("reference"), () =>
    {
        var result = Perplexity.Measure(_model.Value, _study.Windows, null, _workers, null, _cancellation);
        Say("fp32", $"perplexity {result.Perplexity:F4}");
        return new ModelResult(
            _study.Name,
            _study.Source.Tensors.Tensors.Values.Sum(tensor => tensor.Elements),
            _study.Config.Sites.Sum(shape => shape.Weights),
            _study.Text,
            result.Tokens,
            result.Perplexity);
    });

    /// <summary>The model with one format for all operands.</summary>
    public FormatResult Measure(StudiedFormat format) => _context.Journal.GetOrAdd(Key("format", format.ToString()), () =>
    {
        var plan = Plan.Uniform(_study.Sites, format.Weights, format.Activations, format.Attention);
        var rounded = _model.Value.WithPlan(plan, _workers, _cancellation);
        var result = Perplexity.Measure(rounded, _study.Windows, _model.Value, _workers, null, _cancellation);
        var error = ModelError.Measure(_study.Source, format.Weights, _context.Threads, cancellation: _cancellation).Total;
        Say(format.Name, $"perplexity {result.Perplexity:F4}, KL {result.Kl:G3}, weight error {error:G3}");
        return new FormatResult(
            _study.Name,
            format.Name,
            AverageBits.Of(_study.Config, plan)!.Value,
            MemoryDensity.Of(_study.Config, plan, _study.Config.ContextLength),
            error,
            result.Perplexity,
            result.Kl!.Value);
    });

    /// <summary>The model with one format for some operands only.</summary>
    public IEnumerable<PartResult> Parts() =>
        from format in PartResult.Formats
        from part in PartResult.Parts
        select _context.Journal.GetOrAdd(Key("part", format, part.Name), () =>
        {
            var parsed = NumberFormat.Parse(format);
            var plan = new Plan(_study.Sites.Select(site => KeyValuePair.Create(site, part.Decide(site, parsed))));
            var result = Perplexity.Measure(_model.Value.WithPlan(plan, _workers, _cancellation), _study.Windows, _model.Value, _workers, null, _cancellation);
            Say($"{format}, {part.Name} only", $"perplexity {result.Perplexity:F4}, KL {result.Kl:G3}");
            return new PartResult(_study.Name, format, part.Name, result.Perplexity, result.Kl!.Value);
        });

    /// <summary>The searched scale against the standard one, plain and weighted by the mean squares of the inputs.</summary>
    public IEnumerable<ScaleRuleCheck> ScaleRules() =>
        from format in ScaleRuleCheck.Formats
        from isWeighted in PlainAndWeighted
        select _context.Journal.GetOrAdd(Key("scale rule", format, isWeighted ? "weighted" : "plain"), () =>
        {
            var check = ScaleRuleCheck.Measure(_study, format, isWeighted ? _statistics.Value : null, _context.Threads, _cancellation);
            Say($"{format}@mse, {check.Error}", $"worse on {check.Worse} of {check.Weights} weights");
            return check;
        });

    /// <summary>Variances of activations and weights, block by block.</summary>
    public IEnumerable<LayerResult> Layers() => Enumerable.Range(0, _study.Config.Layers).Select(layer =>
        _context.Journal.GetOrAdd(Key("layer", layer.ToString(CultureInfo.InvariantCulture)), () => new LayerResult(
            _study.Name,
            layer,
            WeightVariance(layer),
            _statistics.Value.Variance(new Site(layer, SiteKind.AttnQ)),
            _statistics.Value.Variance(new Site(layer, SiteKind.AttnQk)),
            _statistics.Value.Variance(new Site(layer, SiteKind.AttnQk), isRight: true),
            _statistics.Value.Variance(new Site(layer, SiteKind.AttnAv), isRight: true),
            _statistics.Value.Variance(new Site(layer, SiteKind.MlpGate)),
            _statistics.Value.Variance(new Site(layer, SiteKind.MlpDown)),
            _statistics.Value.Peak(new Site(layer, SiteKind.MlpDown)))));

    private double WeightVariance(int layer)
    {
        double sum = 0, squares = 0, count = 0;
        foreach (var (_, name) in _study.Weights.Where(weight => weight.Site.Layer == layer))
        {
            var values = new float[_study.Source.Tensors.Tensors[name].Elements];
            _study.Source.Tensors.ReadFloats(name, 0, values);
            sum += values.Sum(value => (double)value);
            squares += values.Sum(value => (double)value * value);
            count += values.Length;
        }

        return (squares / count) - (sum / count * (sum / count));
    }

    private string Key(params string[] parts) => Journal.Key(["block formats", _study.Digest, .. parts]);

    private void Say(string what, FormattableString found) =>
        _context.Say($"{_study.Name}, {what}: {found.ToString(CultureInfo.InvariantCulture)}");
}
