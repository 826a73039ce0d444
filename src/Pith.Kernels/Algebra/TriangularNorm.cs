using Pith.Kernels.Linear;

namespace Pith.Kernels.Algebra;

/// <summary>‖Lᵀ·Dᵀ‖² for a lower triangle L: for big ones the products are taken in single precision, their squares summed in double.</summary>
/// <remarks>The products are most of the work of an exact low-rank term, and twice as fast so. A product of n terms errs by about √n·2^-25 of the lengths of
/// its factors, up or down alike; the squares of millions of products are summed, so what is left is the mean square of that error, below 10^-10 of
/// the sum for n = 11008. The order of the sums is fixed, whatever the threads. Thread-safe. Scalar equivalent: <see cref="InDoubles"/>.</remarks>
public static class TriangularNorm
{
    // From here on it is worth it; below, doubles cost nothing.
    private const int FewestInputs = 512;

    private const int BlockRows = 128;
    private const int ChunkRows = 1024;

    /// <summary>Computes it.</summary>
    /// <param name="factor">L, [inputs, inputs]; what is above its diagonal does not count.</param>
    /// <param name="d">D, [outputs, inputs].</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static double Squared(Matrix factor, Matrix d, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factor);
        ArgumentNullException.ThrowIfNull(d);
        ArgumentNullException.ThrowIfNull(workers);
        if (factor.Rows != factor.Columns || d.Columns != factor.Rows)
            throw new ArgumentException($"[{factor.Rows}, {factor.Columns}] transposed does not fit [{d.Rows}, {d.Columns}] transposed", nameof(d));
        return factor.Rows < FewestInputs ? InDoubles(factor, d, workers, cancellation) : InSingles(factor, d, workers, cancellation);
    }

    /// <summary>The same with every product in double precision.</summary>
    internal static double InDoubles(Matrix factor, Matrix d, Workers workers, CancellationToken cancellation)
    {
        var products = new Matrix(factor.Rows, d.Rows);
        MatrixProduct.Add(products.View, 1, factor.View.Transposed, d.View.Transposed, workers, Triangle.Upper, cancellation: cancellation);
        return products.Values.Sum(value => value * value);
    }

    private static double InSingles(Matrix factor, Matrix d, Workers workers, CancellationToken cancellation)
    {
        var inputs = factor.Rows;
        var blocks = new double[(inputs + BlockRows - 1) / BlockRows];
        var chunk = new float[(long)Math.Min(ChunkRows, d.Rows) * inputs];
        for (var first = 0; first < d.Rows; first += ChunkRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(ChunkRows, d.Rows - first);
            var start = first;
            workers.Run(rows, (long)rows * inputs, (from, end) =>
            {
                for (var row = from; row < end; row++)
                    Narrow(d.Row(start + row), chunk.AsSpan(row * inputs, inputs));
            });

            // The blocks at the top are long, those at the bottom short: two by two they are alike.
            var pairs = (blocks.Length + 1) / 2;
            workers.Run(pairs, (long)rows * inputs * inputs, (from, end) =>
            {
                for (var pair = from; pair < end; pair++)
                {
                    blocks[pair] += Block(factor, pair, chunk, rows);
                    if (blocks.Length - 1 - pair is var other && other != pair)
                        blocks[other] += Block(factor, other, chunk, rows);
                }
            });
        }

        return blocks.Sum();
    }

    // ‖F·Dᵀ‖² for rows first … of F = Lᵀ, which begin at column `first`. They are made of the size 1, so that nothing overflows.
    private static unsafe double Block(Matrix factor, int block, float[] chunk, int rows)
    {
        var inputs = factor.Rows;
        var first = block * BlockRows;
        var (count, length) = (Math.Min(BlockRows, inputs - first), inputs - first);
        var size = 0.0;
        for (var i = first; i < first + count; i++)
            size = Math.Max(size, factor[i, i]);
        var f = new float[count * length];
        for (var k = first; k < inputs; k++)
        {
            var row = factor.Row(k);
            for (var i = first; i < first + count && i <= k; i++)
                f[((i - first) * length) + k - first] = (float)(row[i] / size);
        }

        var y = new float[rows * count];
        fixed (float* x = chunk, w = f, to = y)
            Gemm.Multiply(x + first, inputs, rows, w, length, count, length, to, count);
        var sum = 0.0;
        foreach (var value in y)
            sum += (double)value * value;
        return sum * size * size;
    }

    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = (float)from[i];
    }
}
