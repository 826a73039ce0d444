using System.Numerics.Tensors;
using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;

namespace Pith.Compress.Corrections;

/// <summary>Rounds a weight as a plan says and corrects what it can of the error.</summary>
/// <remarks>The mathematics is <see cref="LowRankSolver"/>'s and <see cref="Alternation"/>'s; here its result becomes what is stored and run.
/// Deterministic for a seed, whatever the threads. Thread-safe.</remarks>
public static class WeightCorrection
{
    // From this many numbers on, the dead arrays of one weight are collected before the next: the collector by itself lets them grow to
    // several times what lives, gigabytes here.
    private const int LargeWeight = 1 << 23;

    /// <summary>Rounds a weight and corrects it.</summary>
    /// <param name="weight">W, [outputs, inputs], row-major, finite.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="format">Format of the weight.</param>
    /// <param name="plan">Rank, format of the factors, and method.</param>
    /// <param name="known">What is known of the inputs.</param>
    /// <param name="options">How; the plain order when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">The method needs statistics that are not there, or the rank is larger than the weight has.</exception>
    /// <exception cref="Core.Diagnostics.PithException">A weight is not finite (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static CorrectedWeight Compute(
        ReadOnlyMemory<float> weight,
        int inputs,
        NumberFormat format,
        LowRankPlan plan,
        KnownInputs known,
        CorrectionOptions? options = null,
        Workers? workers = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.Rank, Math.Min(weight.Length / inputs, inputs), nameof(plan));
        options ??= new CorrectionOptions();
        workers ??= Workers.All;
        var scale = known.ScaleOf(plan.Method, inputs, workers, cancellation);
        var best = plan.Method == known.BestMethod ? scale : known.BestScale(inputs, workers, cancellation);
        IWeightRounding rounding = options.HasFeedback && known.BestMethod == LowRankMethod.Qera
            ? new FeedbackRounding(format, best, workers, cancellation: cancellation)
            : new NearestRounding(format);
        var term = new LowRankOptions { Rank = plan.Rank, Format = plan.Format, Seed = options.Seed };
        var found = Alternation.Run(weight, rounding, scale, new AlternationOptions { Term = term, Turns = options.Turns }, workers, cancellation);
        var (matrix, terms) = (PackedMatrix.Pack(format, found.Rounded, inputs), found.Term.Term);

        double Norm(ReadOnlyMemory<float> rounded, LowRankTerm? with) => LowRankSolver.Error(weight, rounded, with, best, workers, cancellation);
        var whole = Norm(default, null);
        var (before, after) = best == scale ? (found.Term.ErrorBefore, found.Term.ErrorAfter) : (Norm(found.Rounded, null), Norm(found.Rounded, terms));
        if (weight.Length >= LargeWeight)
            GC.Collect();
        return new CorrectedWeight(
            matrix,
            Factor(terms.TransposedA, terms.Rank, inputs, plan.Format),
            Factor(terms.TransposedB, terms.Outputs, terms.Rank, plan.Format),
            TensorPrimitives.Distance<float>(weight.Span, found.Rounded) / Math.Max(TensorPrimitives.Norm(weight.Span), float.Epsilon),
            new CorrectionResult(plan.Method, terms.Rank, Share(before, whole), Share(after, whole)));
    }

    private static LinearWeight Factor(float[] values, int rows, int columns, NumberFormat? format) => format is null
        ? new DenseWeight(values, rows, columns)
        : new PackedWeight(PackedMatrix.Pack(format, values, columns));

    private static double Share(double error, double whole) => whole > 0 ? error / whole : 0;
}
