using System.Buffers;
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
    internal const int TermSets = 2;
    private const int ZeroBlock = int.MinValue;
    private const long OperationsPerElement = 4;

    private readonly FormatCodec codec;
    private readonly IntegerBlocks view;
    private readonly int columns;
    private readonly int blocks;
    private readonly float[] units;
    private NativeBuffer integers = new(0);
    private NativeBuffer terms = new(0);
    private int capacity;
    private int[] smallest = [];
    private int[] largest = [];

    private ActivationBlocks(NumberFormat format, IntegerBlocks view, int columns)
    {
        this.view = view;
        this.columns = columns;
        codec = FormatCodecs.For(format);
        blocks = (columns + Tile.Columns - 1) / Tile.Columns * Tile.Blocks;
        units = [.. Enumerable.Range(0, 256).Select(scale => (float)Math.ScaleB(1, 127 + view.Fraction - scale))];
    }

    /// <summary>Rows held.</summary>
    public int Tokens { get; private set; }

    /// <summary>Makes room for rows of one length.</summary>
    /// <returns>Null when the format's values are not small integers with one power of two a block of 16.</returns>
    public static ActivationBlocks? TryCreate(NumberFormat format, int columns) =>
        IntegerBlocks.Of(format) is { Scales.IsPower: true } view ? new ActivationBlocks(format, view, columns) : null;

    /// <summary>Whether activations of a format can be held so.</summary>
    public static bool Serves(NumberFormat? format) => format is not null && IntegerBlocks.Of(format) is { Scales.IsPower: true };

    /// <summary>Quantizes rows.</summary>
    /// <param name="rows">[tokens, columns].</param>
    /// <param name="tokens">Number of rows, ≥ 0.</param>
    /// <param name="workers">The threads to use.</param>
    /// <exception cref="NonFiniteException">A row holds a NaN or an infinity and the format cannot say so.</exception>
    public void Fill(ReadOnlyMemory<float> rows, int tokens, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        Reserve(tokens);
        Tokens = tokens;
        workers.Run(tokens, OperationsPerElement * tokens * columns, (Blocks: this, Rows: rows), static (work, first, end) =>
            work.Blocks.FillTokens(work.Rows.Span, first, end));
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        integers.Dispose();
        terms.Dispose();
    }

    /// <summary>Copies the values of one row.</summary>
    /// <param name="token">0 … Tokens-1.</param>
    /// <param name="destination">Columns numbers.</param>
    public void CopyRow(int token, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)Tokens, nameof(token));
        var width = WidthAt(token);
        var tile = token / width * width;
        for (var column = 0; column < columns; column++)
        {
            var at = (column / Tile.BlockColumns * width) + (token % width);
            var exponent = Raw(tile)[at];
            destination[column] = exponent == ZeroBlock
                ? 0
                : (float)Math.ScaleB(Integers(tile)[(at * Tile.BlockColumns) + (column % Tile.BlockColumns)], exponent);
        }
    }

    /// <summary>Makes the terms of the dot kernels for one matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="set">Which of the <see cref="TermSets"/> to fill: two matrices can be multiplied at a time.</param>
    internal void Prepare(InterleavedMatrix matrix, int set = 0)
    {
        int* raw = Raw(0), sums = Sums(0), exponents = Exponents(0, set), corrections = Corrections(0, set);
        var (fraction, zero, offset) = (Vector128.Create(matrix.Fraction), Vector128.Create(ZeroBlock), matrix.View.Offset);
        var hasMinimum = matrix.View.HasMinimum;

        // A row has a multiple of four blocks.
        for (var i = 0; i < Tokens * blocks; i += Vector128<int>.Count)
        {
            var exponent = Vector128.Load(raw + i);
            var power = Vector128.AndNot((exponent - fraction) << 23, Vector128.Equals(exponent, zero));
            var sum = Vector128.Load(sums + i);
            power.Store(exponents + i);
            (hasMinimum ? (Vector128.ConvertToSingle(sum) * power.AsSingle()).AsInt32() : sum * offset).Store(corrections + i);
        }

        if (matrix.View.Scales.BlocksPerMinimum == 2)
            AddNeighbors((float*)corrections);
    }

    // Of two blocks which share a minimum the second is given the sum of both.
    private void AddNeighbors(float* sums)
    {
        for (var token = 0; token < Tokens;)
        {
            var width = WidthAt(token);
            for (var block = 0; block < blocks; block += 2, sums += 2 * width)
            {
                for (var i = 0; i < width; i++)
                    sums[width + i] += sums[i];
            }

            token += width;
        }
    }

    /// <summary>Whether every product of a token's scales with the matrix's is a normal number of binary32, as the dot kernels need.</summary>
    internal bool Fits(int token, InterleavedMatrix matrix) =>
        smallest[token] > largest[token]
        || (matrix.SmallestExponent + smallest[token] - matrix.Fraction >= 1
            && matrix.LargestExponent + largest[token] - matrix.Fraction <= 254);

    /// <summary>Tokens which lie together with this one: eight, or this one alone.</summary>
    internal int WidthAt(int token) => token < Tokens / TileTokens * TileTokens ? TileTokens : 1;

    internal sbyte* Integers(int token) => (sbyte*)integers.Pointer + ((long)token * blocks * Tile.BlockColumns);

    internal int* Exponents(int token, int set = 0) => Terms(set, token);

    internal int* Corrections(int token, int set = 0) => Terms(TermSets + set, token);

    private int* Raw(int token) => Terms(2 * TermSets, token);

    private int* Sums(int token) => Terms((2 * TermSets) + 1, token);

    private int* Terms(int kind, int token) => (int*)terms.Pointer + ((((long)kind * capacity) + token) * blocks);

    private void Reserve(int tokens)
    {
        if (tokens <= capacity)
            return;
        Dispose();
        capacity = tokens;
        smallest = new int[tokens];
        largest = new int[tokens];
        integers = new NativeBuffer((long)tokens * blocks * Tile.BlockColumns);
        terms = new NativeBuffer(((2L * TermSets) + 2) * tokens * blocks * sizeof(int));
    }

    private void FillTokens(ReadOnlySpan<float> rows, int first, int end)
    {
        var codes = ArrayPool<byte>.Shared.Rent(codec.CodeBytes(columns));
        var scales = ArrayPool<byte>.Shared.Rent(codec.ScaleBytes(columns));
        var rounded = ArrayPool<float>.Shared.Rent(blocks * Tile.BlockColumns);
        try
        {
            rounded.AsSpan(columns, (blocks * Tile.BlockColumns) - columns).Clear();
            for (var token = first; token < end; token++)
            {
                var ownCodes = codes.AsSpan(0, codec.CodeBytes(columns));
                var ownScales = scales.AsSpan(0, codec.ScaleBytes(columns));
                codec.Encode(rows.Slice(token * columns, columns), ownCodes, ownScales);
                codec.Decode(ownCodes, ownScales, rounded.AsSpan(0, columns));
                var width = WidthAt(token);
                var tile = token / width * width;
                var (low, high) = (int.MaxValue, int.MinValue);
                for (var block = 0; block < blocks; block++)
                {
                    var exponent = FillBlock(tile, (block * width) + (token % width), block * Tile.BlockColumns, rounded, ownScales);
                    if (exponent == ZeroBlock)
                        continue;
                    low = Math.Min(low, exponent);
                    high = Math.Max(high, exponent);
                }

                (smallest[token], largest[token]) = (low, high);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(codes);
            ArrayPool<byte>.Shared.Return(scales);
            ArrayPool<float>.Shared.Return(rounded);
        }
    }

    // Returns the block's exponent. Powers of two times integers below 2^24: the product is exact.
    private int FillBlock(int tile, int at, int start, float[] rounded, ReadOnlySpan<byte> scales)
    {
        var scale = start < columns ? scales[start / view.BlockSize] : (byte)127;
        var q = Vector512.ConvertToInt32Native(Vector512.LoadUnsafe(ref rounded[start]) * units[scale]);
        Vector128.Narrow(
            Vector128.Narrow(q.GetLower().GetLower(), q.GetLower().GetUpper()),
            Vector128.Narrow(q.GetUpper().GetLower(), q.GetUpper().GetUpper())).Store(Integers(tile) + (at * Tile.BlockColumns));
        var exponent = q == Vector512<int>.Zero ? ZeroBlock : scale - 127 - view.Fraction;
        Sums(tile)[at] = Vector512.Sum(q);
        Raw(tile)[at] = exponent;
        return exponent;
    }
}
