using System.Diagnostics;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>Measures the packed kernels on synthetic weights, as ratios inside one run.</summary>
/// <remarks>The bandwidth and the clock of a shared machine move within seconds, so only pairs of neighbouring measurements say
/// something: each transformer block is multiplied, then the yardstick is measured, in turns.</remarks>
public static class KernelBenchmark
{
    /// <summary>One token through all matrices, again and again; the yardstick is plain reading of another block's weights, far
    /// enough away to be in no cache.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public static BenchmarkResult Decode(KernelBenchmarkOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stack = new SyntheticStack(options, tokens: 1, cancellation);
        var workers = new Workers(options.Threads);
        var parts = stack.Parts;
        return Measure(options, stack, workers, part => SyntheticStack.BytesOf(part), part =>
        {
            var other = parts[(part + (parts.Count / 2)) % (parts.Count - 1)];
            return SyntheticStack.BytesOf(other) / Time(() => SyntheticStack.Read(other, workers));
        }, progress, cancellation);
    }

    /// <summary>A batch of tokens through all matrices; the yardstick is the same kernel on a matrix that stays in the cache.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="tokens">Tokens in the batch, ≥ 1.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">A format has no integer kernel.</exception>
    public static BenchmarkResult Prefill(
        KernelBenchmarkOptions options, int tokens = 128, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        if (!InterleavedMatrix.Serves(options.Weights))
            throw new ArgumentException($"{options.Weights}: expected small integers with a scale for each block of 16, 32, …", nameof(options));
        if (!ActivationBlocks.Serves(options.Activations))
            throw new ArgumentException($"{options.Activations}: expected integers with one power of two for blocks of 16, 32, …", nameof(options));
        using var stack = new SyntheticStack(options, tokens, cancellation);
        using var cached = new CachedKernel(options.Weights, options.Activations, options.Seed);
        var workers = new Workers(options.Threads);
        return Measure(
            options, stack, workers, part => part.Sum(matrix => (double)matrix.Outputs * matrix.Inputs * tokens),
            _ => cached.MultiplyAddsPerSecond(workers), progress, cancellation);
    }

    internal static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    internal static double Median(List<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    // The first round warms up: it is not counted.
    private static BenchmarkResult Measure(
        KernelBenchmarkOptions options,
        SyntheticStack stack,
        Workers workers,
        Func<IReadOnlyList<ISyntheticWeight>, double> work,
        Func<int, double> yardstick,
        IProgress<double>? progress,
        CancellationToken cancellation)
    {
        var parts = stack.Parts;
        var seconds = parts.Select(_ => new List<double>()).ToList();
        var ratios = new List<double>();
        var rates = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 2 || clock.Elapsed.TotalSeconds < options.Seconds; round++)
        {
            for (var part = 0; part < parts.Count; part++)
            {
                cancellation.ThrowIfCancellationRequested();
                var spent = Time(() => stack.Run(parts[part], workers));
                var rate = yardstick(part);
                if (round == 0)
                    continue;
                seconds[part].Add(spent);
                rates.Add(rate);
                ratios.Add(work(parts[part]) / spent / rate);
            }

            progress?.Report(Math.Min(1, clock.Elapsed.TotalSeconds / options.Seconds));
        }

        var pass = seconds.Sum(Median);
        var bytes = parts.Sum(SyntheticStack.BytesOf);
        return new BenchmarkResult(
            options.Threads, bytes, bytes / pass, Median(rates), Median(ratios), stack.Tokens / pass,
            (double)options.Shape.Weights * stack.Tokens / pass / 1e9);
    }
}
