using System.Buffers;

namespace Pith.Kernels.Linear;

/// <summary>Adds the products of inputs to a second moment: R[i, j] += Σ_t x[t, i] · x[t, j], the lower triangle of XᵀX.</summary>
/// <remarks>The triangle is packed by rows: row i has i + 1 numbers and begins at i(i + 1)/2. The products of one call are made by
/// <see cref="Gemm"/> in binary32 and added to the doubles, so that one call errs by at most (⌈tokens/16⌉ + 4) · 2^-24 · Σ_t |x[t, i] · x[t, j]|:
/// with 256 tokens by 20 · 2^-24 = 1.2·10^-6 of sqrt(R[i, i] · R[j, j]). Stripes of rows may be added by several threads.</remarks>
public static unsafe class SecondMoment
{
    /// <summary>Rows which one thread adds to at a time.</summary>
    public const int StripeRows = 64;

    private const int TileColumns = 64;

    /// <summary>Numbers of a packed triangle, and where its row <paramref name="row"/> begins.</summary>
    /// <param name="row">Rows before; the width of the inputs for the whole triangle.</param>
    public static long Start(int row) => (long)row * (row + 1) / 2;

    /// <summary>Turns inputs so that each of them lies in a row.</summary>
    /// <param name="x">[tokens, width], row-major.</param>
    /// <param name="width">Numbers of a token.</param>
    /// <param name="transposed">[width, tokens].</param>
    public static void Transpose(ReadOnlySpan<float> x, int width, Span<float> transposed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var tokens = x.Length / width;
        ArgumentOutOfRangeException.ThrowIfLessThan(transposed.Length, x.Length, nameof(transposed));
        for (var t = 0; t < tokens; t++)
        {
            var row = x.Slice(t * width, width);
            for (var i = 0; i < width; i++)
                transposed[(i * tokens) + t] = row[i];
        }
    }

    /// <summary>Adds to some rows of the triangle.</summary>
    /// <param name="transposed">[width, tokens], from <see cref="Transpose"/>.</param>
    /// <param name="tokens">Length of its rows, ≥ 1.</param>
    /// <param name="first">First row.</param>
    /// <param name="end">Row after the last, at most <see cref="StripeRows"/> further.</param>
    /// <param name="stripe">The rows' numbers, packed: from Start(first) to Start(end).</param>
    public static void AddStripe(ReadOnlySpan<float> transposed, int tokens, int first, int end, Span<double> stripe)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end - first, StripeRows, nameof(end));
        ArgumentOutOfRangeException.ThrowIfLessThan(transposed.Length, (long)end * tokens, nameof(transposed));
        ArgumentOutOfRangeException.ThrowIfNotEqual(stripe.Length, Start(end) - Start(first), nameof(stripe));
        var tile = ArrayPool<float>.Shared.Rent(StripeRows * TileColumns);
        fixed (float* x = transposed, products = tile)
        {
            for (var column = 0; column < end; column += TileColumns)
            {
                var columns = Math.Min(TileColumns, end - column);
                Gemm.Multiply(
                    x + ((nint)first * tokens), tokens, end - first, x + ((nint)column * tokens), tokens, columns, tokens, products, TileColumns);
                for (var row = first; row < end; row++)
                {
                    var sums = stripe.Slice((int)(Start(row) - Start(first)), row + 1);
                    for (var j = column; j < Math.Min(column + columns, row + 1); j++)
                        sums[j] += tile[((row - first) * TileColumns) + j - column];
                }
            }
        }

        ArrayPool<float>.Shared.Return(tile);
    }
}
