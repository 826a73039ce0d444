using System.Globalization;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Boundaries;

namespace Pith.Compress.Ratio.Law;

/// <summary>One model of a scaling study, loaded, with its texts.</summary>
/// <remarks>High precision is the model as it is stored; low precision rounds the weights and the activations of a product. The two products of
/// attention have no parameters and stay high. Not thread-safe.</remarks>
internal sealed class FamilyModel
{
    private readonly FamilyOptions options;
    private readonly Workers workers;
    private readonly CausalModel model;
    private readonly BoundaryEvaluator search;
    private readonly BoundaryEvaluator report;
    private readonly List<SiteShape> sites;

    public FamilyModel(string path, FamilyOptions options, CancellationToken cancellation)
    {
        this.options = options;
        workers = new Workers(options.Threads);
        using var source = ModelSource.Open(path);
        model = CausalModel.Load(source.Config, source.Tensors, workers: workers, cancellation: cancellation);
        Parameters = source.Config.Tensors.Sum(tensor => source.Tensors.Tensors[tensor.Name].Elements);
        sites = [.. source.Config.Sites.Where(shape => shape.Site.HasWeight)];
        var tokenizer = source.LoadTokenizer();
        search = Evaluator(options.SearchText, options.SearchTokens);
        report = Evaluator(options.ReportText, options.ReportTokens);

        BoundaryEvaluator Evaluator(string text, int tokens) => new(
            model,
            EvaluationText.Read(text, tokenizer, new EvaluationOptions { Context = source.Config.ContextLength, MaxTokens = tokens }, cancellation),
            workers: workers,
            cancellation: cancellation);
    }

    /// <summary>Parameters of the whole model, N.</summary>
    public long Parameters { get; }

    /// <summary>The problem of choosing units for one granularity and block size.</summary>
    public RatioProblem Problem(Granularity granularity, int blockSize, CancellationToken cancellation)
    {
        var format = NumberFormat.Parse(string.Create(CultureInfo.InvariantCulture, $"{options.Low}:{blockSize}"));
        var all = new Plan(sites.Select(shape => KeyValuePair.Create(shape.Site, new SitePlan(format, format))));
        var low = model.WithPlan(all, workers, cancellation);
        var units = sites.Select((shape, i) => (shape.Site, Unit: granularity == Granularity.Layer ? shape.Site.Layer : i)).ToList();
        var parameters = sites.Zip(units, (shape, unit) => (unit.Unit, shape.Weights)).GroupBy(pair => pair.Unit).OrderBy(unit => unit.Key)
            .Select(unit => unit.Sum(pair => (long)pair.Weights));
        return new RatioProblem([.. parameters], (isLow, text, stop) =>
        {
            var chosen = units.Where(unit => isLow[unit.Unit]).Select(unit => unit.Site).ToHashSet();
            var weights = sites.ToDictionary(shape => shape.Site, shape => (chosen.Contains(shape.Site) ? low : model).WeightOf(shape.Site));
            var plan = new Plan(chosen.Select(site => KeyValuePair.Create(site, new SitePlan(null, format))));
            var evaluator = text == RatioText.Search ? search : report;
            var score = evaluator.Measure(model.WithWeights(plan, weights, workers, stop), cancellation: stop);
            return (score.TotalNll - evaluator.Reference.TotalNll) / score.Tokens;
        });
    }
}
