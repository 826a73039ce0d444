using System.Collections.Immutable;
using Pith.Compress.Corrections;
using Pith.Compress.LowRank;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Calibration;

namespace Pith.Compress.Ratio;

/// <summary>Estimates what each option does to each unit.</summary>
internal sealed class DamageEstimator(
    RatioSpace space, VariantStore variants, RatioMeter meter, int windows, CalibrationStatistics? inputs, Workers workers, CancellationToken cancellation)
{
    // A step this short stays in the region where the divergence is a quadratic form, and well above rounding.
    private const float FisherStep = 1f / 8;

    private readonly CalibratedInputs known = new(inputs);

    /// <summary>The damages, by unit, then by option.</summary>
    /// <param name="progress">Told each unit that is done.</param>
    public double[][] Estimate(Action progress) => space.Settings.Damage switch
    {
        DamageMethod.LeaveOneIn => LeaveOneIn(progress),
        DamageMethod.InContext => InContext(progress),
        DamageMethod.WeightError => ForEach((unit, option) => WeightErrorOf(space.Units[unit], option), progress),
        DamageMethod.Fisher => ForEach((unit, option) => FisherOf(unit, option), progress),
        DamageMethod.OutputError => ForEach((unit, option) => OutputErrorOf(space.Units[unit], option), progress),
        _ => ForEach((unit, option) => space.Units[unit].Shapes.Sum(shape => space.Settings.DamageFile!.Of(shape.Site, space.Options[option].Format)), progress),
    };

    private double[][] LeaveOneIn(Action progress)
    {
        // Weights that come out as they are do no damage: no need to look. Quantized activations always do some.
        bool[] isExact = [.. Enumerable.Range(0, space.Options.Count).Select(IsExact)];
        var every = EveryWithin(isExact.Count(exact => !exact));
        return ForEach((unit, option) => isExact[option] ? 0 : meter.Divergence(Alone(unit, option), every), progress);
    }

    private double[][] InContext(Action progress)
    {
        var floor = Floor();
        meter.Measure(floor, isAnchor: true);
        var every = EveryWithin(space.Options.Count - 1);
        var start = meter.Divergence(floor, every);
        return ForEach((unit, option) => option == floor[unit] ? 0 : meter.Divergence(floor.SetItem(unit, option), every) - start, progress);
    }

    // KL ≈ ½ ΔWᵀ·F·ΔW for small ΔW: a step of h towards the rounded weight has h² of the damage.
    private double FisherOf(int unit, int option)
    {
        var weights = space.Units[unit].Shapes.Where(shape => shape.Site.HasWeight)
            .ToDictionary(shape => shape.Site, shape => (LinearWeight)Step(shape, option));
        var every = EveryWithin(space.Options.Count);
        return meter.Divergence(weights, every) / (FisherStep * FisherStep);
    }

    private DenseWeight Step(SiteShape shape, int option)
    {
        var (from, to) = (variants.Original.WeightOf(shape.Site), variants.Weight(shape, option, cancellation));
        var values = new float[from.Outputs * from.Inputs];
        var target = new float[from.Inputs];
        for (var row = 0; row < from.Outputs; row++)
        {
            var own = values.AsSpan(row * from.Inputs, from.Inputs);
            from.CopyRow(row, own);
            to.CopyRow(row, target);
            for (var i = 0; i < own.Length; i++)
                own[i] += FisherStep * (target[i] - own[i]);
        }

        return new DenseWeight(values, from.Outputs, from.Inputs);
    }

    private double WeightErrorOf(SearchUnit unit, int option)
    {
        var sum = 0.0;
        foreach (var shape in unit.Shapes.Where(shape => shape.Site.HasWeight))
        {
            var (from, to) = (variants.Original.WeightOf(shape.Site), variants.Weight(shape, option, cancellation));
            var (exact, rounded) = (new float[from.Inputs], new float[from.Inputs]);
            for (var row = 0; row < from.Outputs; row++)
            {
                from.CopyRow(row, exact);
                to.CopyRow(row, rounded);
                for (var i = 0; i < exact.Length; i++)
                    sum += Math.Pow((double)exact[i] - rounded[i], 2);
            }
        }

        return sum;
    }

    private bool IsExact(int option) =>
        space.Settings is { HasSameActivations: false, Activations: null } && space.Units.All(unit => WeightErrorOf(unit, option) == 0);

    // ‖F·Eᵀ‖² with FᵀF = R is tr(E·R·Eᵀ).
    private double OutputErrorOf(SearchUnit unit, int option)
    {
        var sum = 0.0;
        foreach (var shape in unit.Shapes.Where(shape => shape.Site.HasWeight))
        {
            var scale = known[shape.Site].BestScale(shape.Inputs, workers, cancellation);
            var exact = VariantStore.ValuesOf(variants.Original.WeightOf(shape.Site));
            var rounded = VariantStore.ValuesOf(variants.Weight(shape, option, cancellation));
            sum += Math.Pow(LowRankSolver.Error(exact, rounded, null, scale, workers, cancellation), 2);
        }

        return sum;
    }

    private double[][] ForEach(Func<int, int, double> estimate, Action progress)
    {
        var damages = new double[space.Units.Count][];
        for (var unit = 0; unit < damages.Length; unit++)
        {
            damages[unit] = new double[space.Options.Count];
            for (var option = 0; option < damages[unit].Length; option++)
            {
                cancellation.ThrowIfCancellationRequested();
                damages[unit][option] = estimate(unit, option);
            }

            progress();
        }

        return damages;
    }

    private int[] Alone(int unit, int option)
    {
        var choice = Enumerable.Repeat(-1, space.Units.Count).ToArray();
        choice[unit] = option;
        return choice;
    }

    private ImmutableArray<int> Floor() => [.. Enumerable.Range(0, space.Units.Count)
        .Select(unit => Enumerable.Range(0, space.Options.Count).MinBy(option => space.BytesOf(unit, option)))];

    // A unit of layer l of L runs L - l layers again: the whole costs so many passes, of which every n-th window is about the n-th part.
    private int EveryWithin(int options)
    {
        var layers = space.Units.Max(unit => unit.Shapes[0].Site.Layer) + 1;
        var full = options * space.Units.Sum(unit => (double)(layers - unit.Shapes[0].Site.Layer) / layers);
        var every = 1;
        while (every < windows && full * (((windows - 1) / every) + 1) / windows > space.Settings.DamagePasses)
            every++;
        return every;
    }
}
