using System.Collections.Immutable;
using System.Globalization;
using Pith.Compress.Ratio.Allocations;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Boundaries;
using Pith.Studies;
using Pith.Studies.Samplers;
using Pith.Studies.Stores;

namespace Pith.Compress.Ratio;

/// <summary>Finds how much precision each part of a model needs: mixed-precision allocation under a budget of size or of loss.</summary>
/// <remarks>Source of the question and of the random method: arXiv 2410.06722. Damages are estimated for each unit and option, and bytes are
/// spent where they take away most; every point that is reported was measured on a text that the search did not see. Results depend on
/// the seed and the settings, not on the number of threads. Not thread-safe.</remarks>
public sealed class RatioSearch
{
    // Halving the range of bytes so often leaves less than a thousandth of it.
    private const int Halvings = 10;

    // The start and the exchanges next to it, from which the sampler learns.
    private const int StartupTrials = 10;

    private readonly RatioSpace space;
    private readonly RatioSearchOptions options;
    private readonly VariantStore variants;
    private readonly RatioMeter calibration;
    private readonly RatioMeter validation;
    private readonly IReadOnlyList<EvaluationWindow> text;
    private readonly CalibrationStatistics? inputs;
    private readonly Workers workers;
    private readonly Func<StudyDefinition, ISampler, Study> study;
    private readonly IProgress<double>? progress;
    private readonly CancellationToken cancellation;
    private int done;

    private RatioSearch(
        CausalModel model,
        RatioSpace space,
        IReadOnlyList<EvaluationWindow> calibrate,
        IReadOnlyList<EvaluationWindow> validate,
        CalibrationStatistics? inputs,
        Workers workers,
        Func<StudyDefinition, ISampler, Study>? study,
        IProgress<double>? progress,
        CancellationToken cancellation)
    {
        this.space = space;
        options = space.Settings;
        text = calibrate;
        this.workers = workers;
        this.study = study ?? ((definition, sampler) => Study.Open(new MemoryStudyStore(), definition, sampler));
        this.progress = progress;
        this.cancellation = cancellation;
        this.inputs = inputs;
        variants = new VariantStore(model, space, inputs, workers);
        calibration = new RatioMeter(variants, new BoundaryEvaluator(model, calibrate, options.MemoryBytes, workers, cancellation), cancellation);
        validation = new RatioMeter(variants, new BoundaryEvaluator(model, validate, options.MemoryBytes, workers, cancellation), cancellation);
    }

    /// <summary>Searches.</summary>
    /// <param name="model">The model, not quantized.</param>
    /// <param name="calibrate">The text the search looks at.</param>
    /// <param name="validate">The text of the measured columns.</param>
    /// <param name="options">What to choose between.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="study">Opens the study of the refining trials; kept in memory when null.</param>
    /// <param name="inputs">From <see cref="MeasureInputs"/>; measured here when null.</param>
    /// <param name="progress">Told the share that is done, about.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <exception cref="PithException">The options cannot express the budget, found before anything is measured
    /// (<see cref="CompressErrors.InfeasibleBudget"/>), or not even the widest keep to it (<see cref="CompressErrors.UnreachableBudget"/>).</exception>
    public static RatioResult Run(
        CausalModel model,
        IReadOnlyList<EvaluationWindow> calibrate,
        IReadOnlyList<EvaluationWindow> validate,
        RatioSearchOptions options,
        Workers? workers = null,
        Func<StudyDefinition, ISampler, Study>? study = null,
        CalibrationStatistics? inputs = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(calibrate);
        ArgumentNullException.ThrowIfNull(validate);
        var checkedSpace = Check(model.Config, options);
        using var measured = inputs is null ? MeasureInputs(model, calibrate, options, workers, cancellation) : null;
        return new RatioSearch(model, checkedSpace, calibrate, validate, inputs ?? measured, workers ?? Workers.All, study, progress, cancellation).Search();
    }

    /// <summary>Refuses what cannot be searched, without reading a model or a text.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">What to choose between.</param>
    /// <exception cref="PithException">The options cannot express the budget (<see cref="CompressErrors.InfeasibleBudget"/>), or the file of
    /// damages lacks some (<see cref="CompressErrors.BadDamageFile"/>).</exception>
    public static RatioSpace Check(ModelConfig config, RatioSearchOptions options)
    {
        var created = new RatioSpace(config, options);
        if (options.Budget.IsSize)
            options.Budget.BytesIn(created);
        if (options.Damage == DamageMethod.File)
            (options.DamageFile ?? throw new ArgumentException("expected a file of damages", nameof(options))).Require(created);
        return created;
    }

    /// <summary>Measures the inputs of the weights, in one more pass, where corrections or damages need to know them; null where they do not.</summary>
    /// <param name="model">The model, not quantized.</param>
    /// <param name="text">The text the search looks at.</param>
    /// <param name="options">What to choose between.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between two products.</param>
    public static CalibrationStatistics? MeasureInputs(
        CausalModel model, IReadOnlyList<EvaluationWindow> text, RatioSearchOptions options, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        var methods = options.Options.Select(option => option.LowRank?.Method).ToHashSet();
        var needsSecondMoments = options.Damage == DamageMethod.OutputError || methods.Contains(LowRankMethod.Qera);
        if (!needsSecondMoments && !methods.Contains(LowRankMethod.L2qer) && !methods.Contains(LowRankMethod.QeraDiagonal))
            return null;
        return Calibrator.Run(
            model,
            new CalibrationText([.. text.Select(window => window.Tokens)]),
            new CalibrationOptions { HasSecondMoments = needsSecondMoments },
            workers: workers,
            cancellation: cancellation);
    }

    private RatioResult Search()
    {
        if (!options.Budget.IsSize)
            RequireReachable();
        var damages = options.Method == AllocationMethod.Random
            ? [.. space.Units.Select(_ => new double[space.Options.Count])]
            : new DamageEstimator(space, variants, calibration, text.Count, inputs, workers, cancellation).Estimate(Advance);
        var problem = space.ProblemOf(damages);
        var budget = options.Budget.IsSize ? options.Budget.BytesIn(space) : SmallestWithin(problem);
        var chosen = Refine(problem, Allocate(problem, budget), budget);
        var calibrated = calibration.Measure(chosen.Choice);
        var point = PointOf(problem, chosen);
        var front = RatioFront.Of(FrontOf(problem), point);
        progress?.Report(1);
        return new RatioResult(
            space,
            options.Method == AllocationMethod.Random ? [] : damages,
            point,
            front,
            RatioFront.KneeOf(front),
            GreedyAllocator.ExchangeRate(problem, budget),
            calibrated.Kl.Value,
            (calibrated.Perplexity, calibration.Reference.Perplexity),
            validation.Reference.Perplexity,
            calibration.Passes + (inputs is null ? 0 : 1),
            validation.Passes);
    }

    private Allocation Allocate(AllocationProblem problem, long budget) => options.Method switch
    {
        AllocationMethod.Exact => ExactAllocator.Allocate(problem, budget, cancellation),
        AllocationMethod.Random => RandomAllocator.Draw(problem, budget, options.RandomTrials, options.Seed).MinBy(Measured)!,
        _ => GreedyAllocator.Allocate(problem, budget),
    };

    private double Measured(Allocation allocation)
    {
        Advance();
        return calibration.Measure(allocation.Choice).Kl.Value;
    }

    private Allocation Refine(AllocationProblem problem, Allocation start, long budget)
    {
        var best = options.Swaps == 0
            ? start
            : LocalSwaps.Improve(problem, start, Measured(start), budget, options.Swaps, Measured, cancellation).Allocation;
        if (options.Trials == 0)
            return best;
        var definition = StudyRefinement.Define(space, budget, SearchIdentity.Of(variants.Original), SearchIdentity.Of(text));
        using var trials = study(definition, new TpeSampler(StartupTrials));
        return new StudyRefinement(space, problem, budget, Measured).Run(trials, best, options.Trials, StartupTrials, cancellation);
    }

    private void RequireReachable()
    {
        var best = calibration.Measure([.. space.Units.Select(_ => space.High)]);
        if (!Allows(best))
        {
            throw new PithException(
                CompressErrors.UnreachableBudget,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"expected {options.Budget}, but everything in {space.Options[space.High]} has a divergence of {best.Kl.Value:G4} nats and a perplexity of {best.Perplexity:F3} against {calibration.Reference.Perplexity:F3}"));
        }
    }

    // The fewest bytes whose allocation keeps to the loss. The measured loss need not fall with every byte: what is returned was measured.
    private long SmallestWithin(AllocationProblem problem)
    {
        if (Allows(calibration.Measure(Allocate(problem, space.MinBytes).Choice)))
            return space.MinBytes;
        var (low, high) = (space.MinBytes, space.MaxBytes);
        for (var step = 0; step < Halvings && high - low > 1; step++)
        {
            var middle = low + ((high - low) / 2);
            if (Allows(calibration.Measure(Allocate(problem, middle).Choice)))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    private bool Allows(BoundaryScore score) => options.Budget.Allows(score.Kl.Value, score.Perplexity, calibration.Reference.Perplexity);

    // The paper's method has no cheap way to another budget: there the front is the chosen point between the two ends.
    private List<RatioPoint> FrontOf(AllocationProblem problem)
    {
        var count = options.FrontPoints;
        var (least, most) = (problem.Floor.Bytes, problem.Ceiling.Bytes);
        if (count > 0 && options.Method == AllocationMethod.Random)
            return [PointOf(problem, problem.Floor), PointOf(problem, problem.With([.. space.Units.Select(_ => space.High)]))];
        return [.. Enumerable.Range(0, count).Select(i => least + ((most - least) * i / Math.Max(1, count - 1)))
            .Select(budget => PointOf(problem, Allocate(problem, budget)))];
    }

    private RatioPoint PointOf(AllocationProblem problem, Allocation allocation)
    {
        Advance();
        var score = validation.Measure(allocation.Choice);
        return new RatioPoint(
            allocation.Choice,
            space.PlanOf(allocation.Choice),
            allocation.Bytes,
            space.BitsOf(allocation.Bytes),
            space.RatioOf(allocation.Choice),
            score.Kl.Value,
            score.Perplexity,
            allocation.Choice.Where((option, unit) => option != problem.Floor.Choice[unit]).Count());
    }

    private void Advance()
    {
        var units = options.Method == AllocationMethod.Random ? options.RandomTrials : space.Units.Count;
        var all = units + (options.Budget.IsSize ? 0 : Halvings) + options.Swaps + options.Trials + options.FrontPoints + 1;
        progress?.Report(Math.Min(1, (double)++done / all));
    }
}
