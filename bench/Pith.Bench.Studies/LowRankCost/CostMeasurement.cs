using System.Diagnostics;
using Pith.Compress.Corrections;
using Pith.Compress.LowRank;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Models.Calibration;

namespace Pith.Bench.Studies.LowRankCost;

/// <summary>The single measurements of the study.</summary>
internal static class CostMeasurement
{
    public const int Rank = 32;

    private static readonly LowRankOptions Options = new() { Rank = Rank };

    /// <summary>One site, statistics and rounded weight given.</summary>
    public static SiteCost Site(int inputs, int outputs, bool isExact, int threads, CancellationToken cancellation)
    {
        var workers = new Workers(threads);
        var weight = SyntheticSite.Weight(outputs, inputs, seed: 1);
        var rounded = SyntheticSite.Rounded(weight, inputs, workers);
        var statistics = isExact ? SyntheticSite.SecondMoment(inputs, seed: 2, workers) : null;
        var clock = Stopwatch.StartNew();
        var scale = statistics is null
            ? ScaleMatrix.OfMeanSquares(SyntheticSite.MeanSquares(inputs, seed: 2))
            : ScaleMatrix.OfSecondMoment(statistics, workers, cancellation);
        var scaleSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var result = LowRankSolver.Solve(weight, rounded, scale, Options, workers, cancellation);
        return new SiteCost(scaleSeconds, clock.Elapsed.TotalSeconds, result.Rounds, result.ErrorBefore, result.ErrorAfter, PeakBytes());
    }

    /// <summary>Layers of Llama-2-7B's shape one after the other, as <c>pith quantize</c> corrects them: q, k, v share an input, gate and up another.</summary>
    public static StackCost Stack(int layers, bool isExact, int threads, CancellationToken cancellation)
    {
        const int width = 4096, wide = 11008;
        (int Inputs, int[] Outputs)[] groups = [(width, [width, width, width]), (width, [width]), (width, [wide, wide]), (wide, [width])];
        var workers = new Workers(threads);
        var plan = new LowRankPlan(Rank, LowRankPlan.DefaultFormat, isExact ? LowRankMethod.Qera : LowRankMethod.QeraDiagonal);
        var clock = new Stopwatch();
        for (var layer = 0; layer < layers; layer++)
        {
            for (var group = 0; group < groups.Length; group++)
            {
                var inputs = groups[group].Inputs;
                var seed = (100 * layer) + (10 * group);
                var squares = SyntheticSite.MeanSquares(inputs, seed);
                var means = new InputStatistics(1, Array.ConvertAll(squares, Math.Sqrt), Array.ConvertAll(squares, Math.Sqrt), squares);
                var known = new KnownInputs(means, isExact ? SyntheticSite.SecondMoment(inputs, seed, workers).Values : null);
                foreach (var outputs in groups[group].Outputs)
                {
                    var weight = SyntheticSite.Weight(outputs, inputs, ++seed);
                    clock.Start();
                    WeightCorrection.Compute(weight, inputs, SyntheticSite.Format, plan, known, workers: workers, cancellation: cancellation);
                    clock.Stop();
                }
            }
        }

        return new StackCost(layers, clock.Elapsed.TotalSeconds, PeakBytes());
    }

    /// <summary>Seconds of the term of a square site against those of a full decomposition of its scaled error by MathNet.Numerics.</summary>
    public static (double Ours, double Full) AgainstFull(int size, int threads, CancellationToken cancellation)
    {
        var workers = new Workers(threads);
        var weight = SyntheticSite.Weight(size, size, seed: 1);
        var rounded = SyntheticSite.Rounded(weight, size, workers);
        var squares = SyntheticSite.MeanSquares(size, seed: 2);
        var scaled = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            size, size, (i, o) => Math.Sqrt(squares[i]) * ((double)weight[(o * size) + i] - rounded[(o * size) + i]));
        LowRankSolver.Solve(weight, rounded, ScaleMatrix.OfMeanSquares(squares), Options, workers, cancellation);
        var clock = Stopwatch.StartNew();
        LowRankSolver.Solve(weight, rounded, ScaleMatrix.OfMeanSquares(squares), Options, workers, cancellation);
        var ours = clock.Elapsed.TotalSeconds;
        clock.Restart();
        scaled.Svd();
        return (ours, clock.Elapsed.TotalSeconds);
    }

    private static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
