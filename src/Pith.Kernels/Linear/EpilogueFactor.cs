using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Core.Formats;

namespace Pith.Kernels.Linear;

/// <summary>The factor B of a low-rank correction in eight-bit codes, laid out to be added to the outputs: Y += T·B.</summary>
/// <remarks>A group of 8 outputs holds, for each block of 16 of the rank, 8 bytes of scales, the exponent fields of powers of two in binary32 or 0 for a block
/// of zeros, then 16 steps of 8 signed bytes: byte r of a step belongs to output r, so that lane = output and there is no horizontal sum. Each output is reduced in one order: the even and the odd steps of a block ascending, each
/// one fused multiply-add; then the sum of both times the block's scale is added to those before. Ranks that fill no block are padded with zeros. Immutable.</remarks>
internal sealed unsafe class EpilogueFactor
{
    public const int Lanes = 8;

    private const int Block = 16;
    private const int FractionBits = 6; // of MXINT8
    private const int FractionOfFloat = 23; // bits below the exponent field
    private const int BlockBytes = Lanes * (1 + Block);
    private const int LineBytes = 64;

    private readonly byte[] records;
    private readonly int blocks;
    private readonly int outputs;

    private EpilogueFactor(byte[] records, int blocks, int outputs) => (this.records, this.blocks, this.outputs) = (records, blocks, outputs);

    /// <summary>Groups of 8 outputs.</summary>
    public int Groups => (outputs + Lanes - 1) / Lanes;

    /// <summary>Lays a factor out.</summary>
    /// <param name="b">Bᵀ, [outputs, rank].</param>
    /// <returns>Null when its values are not signed bytes with one power of two, a normal number, for every 16.</returns>
    public static EpilogueFactor? TryCreate(LinearWeight b)
    {
        if (b is not PackedWeight { Matrix: var matrix } || matrix.Codec.Format is not { Family: FormatFamily.Mxint, ElementBits: 8, ScaleBits: 8 } format
            || format.BlockSize <= 0 || format.BlockSize % Block != 0)
        {
            return null;
        }

        var blocksOfRow = (matrix.Columns + Block - 1) / Block;
        var factor = new EpilogueFactor(new byte[(matrix.Rows + Lanes - 1) / Lanes * blocksOfRow * BlockBytes], blocksOfRow, matrix.Rows);
        var values = new float[blocksOfRow * Block];
        var scaleBytes = matrix.Codec.ScaleBytes(matrix.Columns);
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, values.AsSpan(0, matrix.Columns));
            for (var block = 0; block < blocksOfRow; block++)
            {
                var scale = matrix.Scales.Span[(row * scaleBytes) + (block * Block / format.BlockSize)];
                var own = values.AsSpan(block * Block, Block);
                if (own.ContainsAnyExcept(0))
                {
                    if (scale is <= FractionBits or byte.MaxValue)
                        return null;
                    factor.Fill(row, block, own, (byte)(scale - FractionBits));
                }
            }
        }

        return factor;
    }

    /// <summary>Asks the memory for some groups of outputs.</summary>
    /// <param name="first">First group.</param>
    /// <param name="end">Group after the last.</param>
    public void Prefetch(int first, int end)
    {
        if (!Sse.IsSupported)
            return;
        fixed (byte* all = records)
        {
            for (var line = (nint)first * blocks * BlockBytes; line < (nint)end * blocks * BlockBytes; line += LineBytes)
                Sse.Prefetch0(all + line);
        }
    }

    /// <summary>Y += T·B for some groups of outputs.</summary>
    /// <param name="t">[tokens, rank].</param>
    /// <param name="tokens">Rows of T and Y.</param>
    /// <param name="rank">Columns of T.</param>
    /// <param name="first">First group.</param>
    /// <param name="end">Group after the last.</param>
    /// <param name="y">[tokens, outputs].</param>
    public void Add(ReadOnlySpan<float> t, int tokens, int rank, int first, int end, Span<float> y)
    {
        var padded = stackalloc float[blocks * Block];
        var isWhole = rank == blocks * Block;
        var tail = stackalloc float[Lanes];
        fixed (byte* all = records)
        fixed (float* rows = t)
        {
            for (var token = 0; token < tokens; token++)
            {
                if (!isWhole)
                    t.Slice(token * rank, rank).CopyTo(new Span<float>(padded, blocks * Block));
                var inner = isWhole ? rows + ((nint)token * rank) : padded;
                for (var group = first; group < end; group++)
                {
                    var sum = Product(all + ((nint)group * blocks * BlockBytes), inner, blocks);
                    var own = y.Slice((token * outputs) + (group * Lanes), Math.Min(Lanes, outputs - (group * Lanes)));
                    if (own.Length == Lanes)
                    {
                        (Vector256.Create<float>(own) + sum).CopyTo(own);
                        continue;
                    }

                    sum.Store(tail);
                    for (var i = 0; i < own.Length; i++)
                        own[i] += tail[i];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector256<float> Product(byte* record, float* t, int count)
    {
        var all = Vector256<float>.Zero;
        for (var block = 0; block < count; block++, record += BlockBytes, t += Block)
        {
            var codes = (sbyte*)record + Lanes;
            Vector256<float> even = default, odd = default;
            for (var k = 0; k < Block; k += 2)
            {
                even = Vector256.FusedMultiplyAdd(Numbers(codes + (k * Lanes)), Vector256.Create(t[k]), even);
                odd = Vector256.FusedMultiplyAdd(Numbers(codes + ((k + 1) * Lanes)), Vector256.Create(t[k + 1]), odd);
            }

            all = Vector256.FusedMultiplyAdd(even + odd, Scales(record), all);
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scales(byte* fields)
    {
        if (Avx2.IsSupported)
            return (Avx2.ConvertToVector256Int32(fields) << FractionOfFloat).AsSingle();
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(*(long*)fields).AsByte()));
        return (Vector256.Create(low, high) << FractionOfFloat).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Numbers(sbyte* codes)
    {
        if (Avx2.IsSupported)
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(codes));
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(*(long*)codes).AsSByte()));
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }

    // Powers of two times integers below 2^8: the products are exact.
    private void Fill(int row, int block, ReadOnlySpan<float> values, byte scale)
    {
        var record = records.AsSpan((((row / Lanes) * blocks) + block) * BlockBytes, BlockBytes);
        var lane = row % Lanes;
        record[lane] = scale;
        for (var k = 0; k < values.Length; k++)
            record[Lanes + (k * Lanes) + lane] = (byte)(sbyte)Math.ScaleB(values[k], 127 - scale);
    }
}
