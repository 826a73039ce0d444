using System.Runtime.Intrinsics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Memory;

namespace Pith.Kernels.Packed;

/// <summary>Rows of activations as signed bytes with one power of two for every 16 columns.</summary>
/// <remarks>Quantized once and shared by every matrix that reads them; the memory is reused from call to call. Tokens lie in
/// tiles of eight, [block][token][16], and those that do not fill a tile one by one, [block][16]. Not thread-safe.</remarks>
public sealed unsafe class ActivationBlocks : IDisposable
{
    internal const int TileTokens = 8;
    private const int ZeroBlock = int.MinValue;

    private readonly FormatCodec codec;
    private readonly IntegerBlocks view;
    private readonly int columns;
    private readonly int blocks;
    private readonly byte[] codes;
    private readonly byte[] scales;
    private readonly float[] rounded;
    private NativeBuffer integers = new(0);
    private NativeBuffer terms = new(0);
    private int capacity;
    private int smallest;
    private int largest;

    private ActivationBlocks(NumberFormat format, IntegerBlocks view, int columns)
    {
        this.view = view;
        this.columns = columns;
        codec = FormatCodecs.For(format);
        codes = new byte[codec.CodeBytes(columns)];
        scales = new byte[codec.ScaleBytes(columns)];
        blocks = (columns + Tile.Columns - 1) / Tile.Columns * Tile.Blocks;
        rounded = new float[blocks * Tile.BlockColumns];
    }

    /// <summary>Rows held.</summary>
    public int Tokens { get; private set; }

    /// <summary>Makes room for rows of one length.</summary>
    /// <returns>Null when the format's values are not small integers with one power of two a block of 16.</returns>
    public static ActivationBlocks? TryCreate(NumberFormat format, int columns) =>
        IntegerBlocks.Of(format) is { } view ? new ActivationBlocks(format, view, columns) : null;

    /// <summary>Whether activations of a format can be held so.</summary>
    public static bool Serves(NumberFormat? format) => format is not null && IntegerBlocks.Of(format) is not null;

    /// <summary>Quantizes rows.</summary>
    /// <param name="rows">[tokens, columns].</param>
    /// <param name="tokens">Number of rows, ≥ 0.</param>
    /// <exception cref="NonFiniteException">A row holds a NaN or an infinity and the format cannot say so.</exception>
    public void Fill(ReadOnlySpan<float> rows, int tokens)
    {
        Reserve(tokens);
        Tokens = tokens;
        smallest = int.MaxValue;
        largest = int.MinValue;
        for (var token = 0; token < tokens; token++)
        {
            codec.Encode(rows.Slice(token * columns, columns), codes, scales);
            codec.Decode(codes, scales, rounded.AsSpan(0, columns));
            for (var block = 0; block < blocks; block++)
                FillBlock(token, block);
        }
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
        if (smallest <= largest
            && (matrix.SmallestExponent + smallest - matrix.View.Fraction < 1 || matrix.LargestExponent + largest - matrix.View.Fraction > 254))
        {
            return false;
        }

        for (var i = 0; i < Tokens * blocks; i++)
        {
            Exponents(0)[i] = Raw(0)[i] == ZeroBlock ? 0 : (Raw(0)[i] - matrix.View.Fraction) << 23;
            Corrections(0)[i] = matrix.Offset * Sums(0)[i];
        }

        return true;
    }

    /// <summary>Tokens which lie together with this one: eight, or this one alone.</summary>
    internal int WidthAt(int token) => token < Tokens / TileTokens * TileTokens ? TileTokens : 1;

    internal sbyte* Integers(int token) => (sbyte*)integers.Pointer + ((long)token * blocks * Tile.BlockColumns);

    internal int* Exponents(int token) => (int*)terms.Pointer + ((long)token * blocks);

    internal int* Corrections(int token) => Exponents(capacity + token);

    private int* Raw(int token) => Exponents((2 * capacity) + token);

    private int* Sums(int token) => Exponents((3 * capacity) + token);

    private void Reserve(int tokens)
    {
        if (tokens <= capacity)
            return;
        Dispose();
        capacity = tokens;
        integers = new NativeBuffer((long)tokens * blocks * Tile.BlockColumns);
        terms = new NativeBuffer(4L * tokens * blocks * sizeof(int));
    }

    private void FillBlock(int token, int block)
    {
        var width = WidthAt(token);
        var first = token / width * width;
        var at = (block * width) + (token % width);
        var start = block * Tile.BlockColumns;
        var scale = start < columns ? scales[start / view.BlockSize] : (byte)127;

        // Powers of two and integers below 2^24: both products are exact.
        var unit = (float)Math.ScaleB(1, 127 + view.Fraction - scale);
        var q = Vector512.ConvertToInt32(Vector512.LoadUnsafe(ref rounded[start]) * unit);
        Vector128.Narrow(Vector256.Narrow(q.GetLower(), q.GetUpper()).GetLower(), Vector256.Narrow(q.GetLower(), q.GetUpper()).GetUpper())
            .Store(Integers(first) + (at * Tile.BlockColumns));
        var isZero = q == Vector512<int>.Zero;
        Sums(first)[at] = Vector512.Sum(q);
        Raw(first)[at] = isZero ? ZeroBlock : scale - 127 - view.Fraction;
        if (!isZero)
        {
            smallest = Math.Min(smallest, Raw(first)[at]);
            largest = Math.Max(largest, Raw(first)[at]);
        }
    }
}
