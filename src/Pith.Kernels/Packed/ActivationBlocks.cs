using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Memory;

namespace Pith.Kernels.Packed;

/// <summary>One row of activations as signed bytes with one power of two for every 16 columns.</summary>
/// <remarks>Quantized once a token and shared by every matrix that reads it. Reused from token to token without allocating;
/// not thread-safe while being filled.</remarks>
public sealed unsafe class ActivationBlocks : IDisposable
{
    private const int NeverUsed = int.MinValue;

    private readonly FormatCodec codec;
    private readonly IntegerBlocks view;
    private readonly int columns;
    private readonly byte[] codes;
    private readonly byte[] scales;
    private readonly float[] rounded;
    private readonly int[] exponents;
    private readonly int[] sums;
    private readonly NativeBuffer integers;
    private readonly NativeBuffer terms;
    private int smallest;
    private int largest;

    private ActivationBlocks(NumberFormat format, IntegerBlocks view, int columns)
    {
        this.view = view;
        this.columns = columns;
        codec = FormatCodecs.For(format);
        codes = new byte[codec.CodeBytes(columns)];
        scales = new byte[codec.ScaleBytes(columns)];
        rounded = new float[columns];
        var blocks = (columns + Tile.Columns - 1) / Tile.Columns * Tile.Blocks;
        exponents = new int[blocks];
        sums = new int[blocks];
        integers = new NativeBuffer((long)blocks * Tile.BlockColumns);
        terms = new NativeBuffer(2L * blocks * sizeof(int));
    }

    internal sbyte* Integers => (sbyte*)integers.Pointer;

    internal int* ExponentTerms => (int*)terms.Pointer;

    internal int* Corrections => (int*)terms.Pointer + sums.Length;

    /// <summary>Makes room for rows of one length.</summary>
    /// <returns>Null when the format's values are not small integers with one power of two a block of 16.</returns>
    public static ActivationBlocks? TryCreate(NumberFormat format, int columns) =>
        IntegerBlocks.Of(format) is { } view ? new ActivationBlocks(format, view, columns) : null;

    /// <summary>Quantizes a row.</summary>
    /// <exception cref="NonFiniteException">The row holds a NaN or an infinity and the format cannot say so.</exception>
    public void Fill(ReadOnlySpan<float> row)
    {
        codec.Encode(row, codes, scales);
        codec.Decode(codes, scales, rounded);
        smallest = int.MaxValue;
        largest = NeverUsed;
        for (var block = 0; block * Tile.BlockColumns < columns; block++)
            FillBlock(block);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        integers.Dispose();
        terms.Dispose();
    }

    /// <summary>Makes the terms of the dot kernels for one matrix.</summary>
    /// <returns>False when some product of scales would leave the range of binary32's normal numbers.</returns>
    internal bool Prepare(InterleavedMatrix matrix)
    {
        if (largest != NeverUsed
            && (matrix.SmallestExponent + smallest - matrix.View.Fraction < 1 || matrix.LargestExponent + largest - matrix.View.Fraction > 254))
        {
            return false;
        }

        for (var block = 0; block < sums.Length; block++)
        {
            ExponentTerms[block] = exponents[block] == NeverUsed ? 0 : (exponents[block] - matrix.View.Fraction) << 23;
            Corrections[block] = matrix.Offset * sums[block];
        }

        return true;
    }

    private void FillBlock(int block)
    {
        var start = block * Tile.BlockColumns;
        var scale = scales[start / view.BlockSize];
        var unit = Math.ScaleB(1, 127 + view.Fraction - scale);
        var sum = 0;
        var any = 0;
        for (var column = start; column < Math.Min(start + Tile.BlockColumns, columns); column++)
        {
            var q = (int)(rounded[column] * unit);
            Integers[column] = (sbyte)q;
            sum += q;
            any |= q;
        }

        sums[block] = sum;
        exponents[block] = any == 0 ? NeverUsed : scale - 127 - view.Fraction;
        if (any != 0)
        {
            smallest = Math.Min(smallest, exponents[block]);
            largest = Math.Max(largest, exponents[block]);
        }
    }
}
