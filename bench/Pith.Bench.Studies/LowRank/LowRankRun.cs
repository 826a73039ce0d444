using System.Globalization;
using Pith.Bench.Studies.BlockFormats;
using Pith.Compress.Blocks;
using Pith.Compress.Corrections;
using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.LowRank;

/// <summary>Measures one model: plain formats, and every method, rank and width of weights.</summary>
internal sealed class LowRankRun : IDisposable
{
    /// <summary>Weights without a correction: what the bytes of a correction could buy instead.</summary>
    public static readonly IReadOnlyList<string> Plain = ["mxint2:16", "mxint3:16", "mxint4:16", "mxint5:16", "mxint6:16"];

    /// <summary>Weights that are corrected.</summary>
    public static readonly IReadOnlyList<string> Corrected = ["mxint2:16", "mxint3:16", "mxint4:16"];

    /// <summary>Weights for which the best method is also tried with other ways of rounding.</summary>
    public const string NearLossless = "mxint4:16";

    /// <summary>Weights for which L²QER is also tried in turns.</summary>
    public const string ThreeBits = "mxint3:16";

    /// <summary>Name of L²QER in turns.</summary>
    public static readonly string L2qerInTurns = NameOf(LowRankMethod.L2qer, InTurns)!;

    private const int PaperRank = 32;
    private const int Turns = 16;

    private static CorrectionOptions InTurns => new() { Turns = Turns };

    private static readonly NumberFormat Activations = NumberFormat.Parse("mxint8:16");

    private readonly StudyContext context;
    private readonly StudyModel study;
    private readonly CancellationToken cancellation;
    private readonly Workers workers;
    private readonly CausalModel model;
    private readonly CalibrationText text;
    private readonly Lazy<CalibrationStatistics> calibration;
    private readonly Lazy<CalibrationStatistics> heldOut;
    private readonly Dictionary<Site, ScaleMatrix> heldOutScales = [];

    /// <summary>Reads a model.</summary>
    /// <param name="context">The study.</param>
    /// <param name="study">The model with its evaluation text.</param>
    /// <param name="text">The calibration text, none of which is in the evaluation text.</param>
    /// <param name="cancellation">Stops the run.</param>
    public LowRankRun(StudyContext context, StudyModel study, CalibrationText text, CancellationToken cancellation)
    {
        (this.context, this.study, this.text, this.cancellation) = (context, study, text, cancellation);
        workers = new Workers(context.Threads);
        model = CausalModel.Load(study.Config, study.Source.Tensors, workers: workers, cancellation: cancellation);
        var settings = new CalibrationOptions { HasSecondMoments = true };
        calibration = new(() => Calibrator.Run(model, text, settings, workers: workers, cancellation: cancellation));
        heldOut = new(() => Calibrator.Run(
            model, new CalibrationText([.. study.Windows.Select(window => window.Tokens)]), settings, workers: workers, cancellation: cancellation));
    }

    /// <summary>Ranks that are tried: a sixteenth of the width, and the paper's.</summary>
    public IEnumerable<int> Ranks => new[] { study.Config.HiddenSize / 16, PaperRank }.Distinct().Order();

    /// <summary>The model as it came.</summary>
    public LowRankModel Reference() => context.Journal.GetOrAdd(Key("reference"), () =>
    {
        var result = Perplexity.Measure(model, study.Windows, workers: workers, cancellation: cancellation);
        return new LowRankModel(study.Name, study.Config.HiddenSize, study.Text, result.Tokens, text.Tokens, result.Perplexity);
    });

    /// <summary>Every row of the model's table.</summary>
    public IEnumerable<LowRankRow> Rows()
    {
        foreach (var format in Plain)
            yield return Measure(format, null, 0);
        foreach (var format in Corrected)
        {
            foreach (var rank in Ranks)
            {
                foreach (var method in Enum.GetValues<LowRankMethod>())
                    yield return Measure(format, method, rank);
                foreach (var (method, rounding) in OtherRoundings(format))
                    yield return Measure(format, method, rank, rounding);
            }
        }
    }

    private static IEnumerable<(LowRankMethod Method, CorrectionOptions Rounding)> OtherRoundings(string format) => format switch
    {
        NearLossless =>
        [
            (LowRankMethod.Qera, InTurns), (LowRankMethod.Qera, new() { HasFeedback = true }), (LowRankMethod.Qera, InTurns with { HasFeedback = true }),
        ],
        ThreeBits => [(LowRankMethod.L2qer, InTurns)],
        _ => [],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (calibration.IsValueCreated)
            calibration.Value.Dispose();
        if (heldOut.IsValueCreated)
            heldOut.Value.Dispose();
    }

    private LowRankRow Measure(string format, LowRankMethod? method, int rank, CorrectionOptions? rounding = null)
    {
        var name = NameOf(method, rounding);
        return context.Journal.GetOrAdd(
            Key(format, name ?? "none", rank.ToString(CultureInfo.InvariantCulture)), () => Measure(format, name, method, rank, rounding));
    }

    private LowRankRow Measure(string format, string? name, LowRankMethod? method, int rank, CorrectionOptions? rounding)
    {
        var options = new QuantizeOptions
        {
            Weights = NumberFormat.Parse(format),
            Activations = Activations,
            LowRank = method is { } own ? new LowRankPlan(rank, LowRankPlan.DefaultFormat, own) : null,
            Calibration = calibration.Value,
        };
        var plan = options.PlanFor(study.Config);
        var weights = study.Weights.ToDictionary(weight => weight.Site, weight => Weigh(weight.Site, weight.Name, plan, rounding));
        var quantized = model.WithWeights(plan, weights.ToDictionary(entry => entry.Key, entry => entry.Value.Weight), workers, cancellation);
        var result = Perplexity.Measure(quantized, study.Windows, model, workers, null, cancellation);
        context.Say(string.Create(
            CultureInfo.InvariantCulture, $"{study.Name}, {format}, {name ?? "none"} {rank}: perplexity {result.Perplexity:F4}, KL {result.Kl:G3}"));
        return new LowRankRow(
            study.Name,
            format,
            name,
            rank,
            AverageBits.Of(study.Config, plan)!.Value,
            AverageBits.OfStoredNumbers(study.Config, plan)!.Value,
            result.Perplexity,
            result.Kl!.Value,
            weights.Values.Average(weight => weight.Error),
            weights.Values.Average(weight => weight.HeldOut));
    }

    private (LinearWeight Weight, double Error, double HeldOut) Weigh(Site site, string name, Plan plan, CorrectionOptions? rounding)
    {
        var entry = study.Source.Tensors.Tensors[name];
        var values = new float[entry.Elements];
        study.Source.Tensors.ReadFloats(name, 0, values);
        var (format, activations, lowRank) = plan[site];
        var isInteger = ActivationBlocks.Serves(activations);
        LinearWeight weight;
        double error;
        if (lowRank is not null)
        {
            var known = new KnownInputs(calibration.Value[site], calibration.Value.SecondMomentOf(site));
            var corrected = WeightCorrection.Compute(values, entry.Columns, format!, lowRank, known, rounding, workers, cancellation);
            (weight, error) = (corrected.ToLinear(isInteger), corrected.Result.OutputErrorAfter);
        }
        else
        {
            var packed = new PackedWeight(PackedMatrix.Pack(format!, values, entry.Columns));
            weight = isInteger ? InterleavedWeight.TryCreate(packed) ?? (LinearWeight)packed : packed;
            error = Error(values, weight, ScaleMatrix.OfSecondMoment(new Matrix(calibration.Value.SecondMomentOf(site), entry.Columns, entry.Columns), workers, cancellation));
        }

        return (weight, error, Error(values, weight, HeldOutScale(site, entry.Columns)));
    }

    private ScaleMatrix HeldOutScale(Site site, int inputs)
    {
        var shared = SharedInputs.Of(site);
        if (!heldOutScales.TryGetValue(shared, out var scale))
        {
            scale = ScaleMatrix.OfSecondMoment(new Matrix(heldOut.Value.SecondMomentOf(shared), inputs, inputs), workers, cancellation);
            heldOutScales.Add(shared, scale);
        }

        return scale;
    }

    private double Error(float[] exact, LinearWeight weight, ScaleMatrix scale)
    {
        var values = new float[exact.Length];
        for (var row = 0; row < weight.Outputs; row++)
            weight.CopyRow(row, values.AsSpan(row * weight.Inputs, weight.Inputs));
        return LowRankSolver.Error(exact, values, null, scale, workers, cancellation) / LowRankSolver.Error(exact, default, null, scale, workers, cancellation);
    }

    private static string? NameOf(LowRankMethod? method, CorrectionOptions? rounding) => method is not { } own
        ? null
        : own.Text() + (rounding is { HasFeedback: true } ? ", feedback" : "") + (rounding is { Turns: > 1 } ? $", {rounding.Turns} turns" : "");

    private string Key(params string[] parts) => Journal.Key(["low-rank", study.Digest, text.Digest, .. parts]);
}
