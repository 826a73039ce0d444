using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Measure;

/// <summary>Measures the product of matrices of 32-bit floats.</summary>
public sealed class GemmBenchmark
{
    private const int FewestRuns = 5;
    private const int WarmUps = 2;

    private readonly GemmShape shape;
    private readonly float[] x;
    private readonly float[] w;
    private readonly float[] y;
    private readonly DenseWeight weight;

    /// <summary>Makes the matrices.</summary>
    /// <param name="shape">Their sizes.</param>
    /// <param name="seed">Seed of their numbers, which lie between -0.5 and 0.5.</param>
    public GemmBenchmark(GemmShape shape, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(shape);
        this.shape = shape;
        var random = new Random(seed);
        x = Numbers(shape.Tokens * shape.Inner);
        w = Numbers(shape.Outputs * shape.Inner);
        y = new float[shape.Tokens * shape.Outputs];
        weight = new DenseWeight(w, shape.Outputs, shape.Inner);

        float[] Numbers(int count)
        {
            var numbers = new float[count];
            for (var i = 0; i < count; i++)
                numbers[i] = random.NextSingle() - 0.5f;
            return numbers;
        }
    }

    /// <summary>The path taken: <c>AVX-512</c>, <c>AVX2</c> or <c>portable</c>.</summary>
    public static string PathName => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "portable";

    /// <summary>X, [tokens, inner].</summary>
    public ReadOnlySpan<float> X => x;

    /// <summary>W, [outputs, inner].</summary>
    public ReadOnlySpan<float> W => w;

    /// <summary>Y of the last <see cref="Run"/>, [tokens, outputs].</summary>
    public ReadOnlySpan<float> Y => y;

    /// <summary>Multiplies once.</summary>
    /// <param name="workers">The threads to use.</param>
    /// <returns>Seconds that it took.</returns>
    public double Run(Workers workers) => KernelBenchmark.Time(() => weight.Multiply(x, shape.Tokens, y, workers));

    /// <summary>Multiplies again and again.</summary>
    /// <param name="threads">Threads, ≥ 1.</param>
    /// <param name="seconds">About how long, &gt; 0; five products are measured at least, after two that are not.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops between products.</param>
    public GemmResult Measure(int threads, double seconds, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var workers = new Workers(threads);
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var run = -WarmUps; run < FewestRuns || clock.Elapsed.TotalSeconds < seconds; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            var time = Run(workers);
            if (run >= 0)
                times.Add(time);
            progress?.Report(Math.Min(1, clock.Elapsed.TotalSeconds / seconds));
        }

        var work = shape.MultiplyAdds / 1e9;
        return new GemmResult(threads, times.Count, work / KernelBenchmark.Median(times), work / times.Min());
    }
}
