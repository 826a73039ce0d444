using Pith.Kernels;
using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>The running sums of one input. Not thread-safe.</summary>
internal sealed class InputSums(int width, MomentSums? moments)
{
    private readonly double[] batch = new double[width];
    private float[] transposed = [];
    private long batchTokens;

    public int Width => width;

    /// <summary>Σ|x[i]|.</summary>
    public double[] Absolute { get; } = new double[width];

    /// <summary>The largest mean of |x[i]| of a finished batch.</summary>
    public double[] LargestBatchMean { get; } = new double[width];

    /// <summary>Σ x[i]².</summary>
    public double[] Squares { get; } = new double[width];

    /// <summary>Σ x[i]·x[j]; null when it is not wanted.</summary>
    public MomentSums? Moments => moments;

    /// <summary>Adds tokens.</summary>
    /// <param name="rows">[tokens, width].</param>
    /// <param name="workers">The threads to use.</param>
    public void Add(ReadOnlySpan<float> rows, Workers workers)
    {
        var tokens = rows.Length / width;
        for (var t = 0; t < tokens; t++)
        {
            var row = rows.Slice(t * width, width);
            for (var i = 0; i < row.Length; i++)
            {
                double x = row[i];
                batch[i] += Math.Abs(x);
                Squares[i] += x * x;
            }
        }

        batchTokens += tokens;
        if (moments is null)
            return;
        if (transposed.Length < rows.Length)
            transposed = new float[rows.Length];
        SecondMoment.Transpose(rows, width, transposed);
        var stripes = (width + SecondMoment.StripeRows - 1) / SecondMoment.StripeRows;
        workers.Run(stripes, (long)tokens * width * width / 2, (Sums: moments, X: transposed, Tokens: tokens, Width: width), static (work, from, to) =>
        {
            for (var stripe = from; stripe < to; stripe++)
            {
                var first = stripe * SecondMoment.StripeRows;
                work.Sums.AddStripe(work.X, work.Tokens, first, Math.Min(first + SecondMoment.StripeRows, work.Width));
            }
        });
    }

    /// <summary>Ends a batch.</summary>
    public void EndBatch()
    {
        for (var i = 0; i < width && batchTokens > 0; i++)
        {
            Absolute[i] += batch[i];
            LargestBatchMean[i] = Math.Max(LargestBatchMean[i], batch[i] / batchTokens);
        }

        Array.Clear(batch);
        batchTokens = 0;
    }
}
