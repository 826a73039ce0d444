using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The fast codec: sixteen elements at a time, scales by table. Gives the bits of its reference.</summary>
/// <remarks>A block is taken in sixteens, two vectors of eight floats; a last part that does not fill one is padded with zeros in a scratch
/// copy, which changes neither maximum nor error. Codes are made byte-wise and then packed. Blocks whose scale a float cannot hold
/// (subnormal maxima) go to the reference.</remarks>
internal sealed class VectorCodec<TElement> : FormatCodec
    where TElement : struct, IVectorElement
{
    private const int Step = 16;
    private const int HalfStep = Step / 2;
    private const int InfinityBits = 0x7F800000;

    private readonly ReferenceCodec reference;
    private readonly TElement element;
    private readonly BlockScales scales;
    private readonly bool divides;
    private readonly int[] planes;
    private readonly VectorDecoder<TElement> decoder;

    /// <summary>The fast counterpart of a reference codec.</summary>
    public VectorCodec(ReferenceCodec reference, TElement element)
        : base(reference.Format)
    {
        this.reference = reference;
        this.element = element;
        scales = new BlockScales(reference);
        divides = Format.Family == FormatFamily.Nvfp4;
        planes = [.. reference.Layout.Planes];
        decoder = new VectorDecoder<TElement>(reference, element, scales, planes);
    }

    /// <inheritdoc/>
    public override int CodeBytes(int columns) => reference.CodeBytes(columns);

    /// <inheritdoc/>
    public override float TensorParameter(float largest) => reference.TensorParameter(largest);

    internal override bool TryGetScale(int code, float tensorParameter, out float scale) =>
        scales.TryGet(code, tensorParameter, out scale, out _);

    private protected override void RoundRow(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance)
    {
        if (Format.ScaleBits == 0)
            NonFiniteException.ThrowIfAny(source);
        var length = Format.BlockLength(source.Length);
        for (var start = 0; start < source.Length; start += length)
        {
            var count = Math.Min(length, source.Length - start);
            var block = source.Slice(start, count);
            var weights = importance.IsEmpty ? importance : importance.Slice(start, count);
            if (count % Step == 0)
                RoundBlock(block, destination.Slice(start, count), tensorParameter, weights, source);
            else
                RoundRagged(block, destination.Slice(start, count), tensorParameter, weights, source);
        }
    }

    private protected override void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scaleCodes, float tensorParameter, ReadOnlySpan<float> importance)
    {
        if (Format.ScaleBits == 0)
            NonFiniteException.ThrowIfAny(source);
        var length = Format.BlockLength(source.Length);
        var packer = new RowPacker(reference.Layout, planes, length, Format.BlocksPerRow(source.Length));
        for (int start = 0, block = 0; start < source.Length; start += length, block++)
        {
            var count = Math.Min(length, source.Length - start);
            var weights = importance.IsEmpty ? importance : importance.Slice(start, count);
            var low = packer.Low(block);
            var high = packer.High;
            var scale = count == low.Length
                ? EncodeBlock(source.Slice(start, count), low, high, tensorParameter, weights, source)
                : EncodeRagged(source.Slice(start, count), low, high, tensorParameter, weights, source);
            packer.Pack(block, codes);
            if (!scaleCodes.IsEmpty)
                scaleCodes[block] = (byte)scale;
        }

        packer.PackRest(codes);
    }

    private protected override void DecodeRow(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scaleCodes, Span<float> destination, float tensorParameter) =>
        decoder.DecodeRow(codes, scaleCodes, destination, tensorParameter);

    private protected override void DecodeAllRows(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scaleCodes, int columns, Span<float> destination, ReadOnlySpan<float> tensorParameters)
    {
        if (!decoder.TryDecodeRows(codes, scaleCodes, columns, destination, tensorParameters))
            base.DecodeAllRows(codes, scaleCodes, columns, destination, tensorParameters);
    }

    private void RoundRagged(
        ReadOnlySpan<float> block, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance, ReadOnlySpan<float> row)
    {
        var length = RoundUp(block.Length);
        var scratch = ArrayPool<float>.Shared.Rent(2 * length);
        var padded = Pad(block, scratch.AsSpan(0, length));
        var weights = importance.IsEmpty ? importance : Pad(importance, scratch.AsSpan(length, length));
        RoundBlock(padded, padded, tensorParameter, weights, row);
        padded[..block.Length].CopyTo(destination);
        ArrayPool<float>.Shared.Return(scratch);
    }

    private int EncodeRagged(
        ReadOnlySpan<float> block, Span<byte> low, Span<byte> high, float tensorParameter, ReadOnlySpan<float> importance, ReadOnlySpan<float> row)
    {
        var length = low.Length;
        var scratch = ArrayPool<float>.Shared.Rent(2 * length);
        var padded = Pad(block, scratch.AsSpan(0, length));
        var weights = importance.IsEmpty ? importance : Pad(importance, scratch.AsSpan(length, length));
        var scale = EncodeBlock(padded, low, high, tensorParameter, weights, row);
        ArrayPool<float>.Shared.Return(scratch);
        return scale;
    }

    // Length a multiple of sixteen; destination may be the block itself.
    private void RoundBlock(
        ReadOnlySpan<float> block, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance, ReadOnlySpan<float> row)
    {
        if (!TryChoose(block, tensorParameter, importance, row, out var code, out var scale, out var inverse))
        {
            if (code == SharedScale.NaN && Format.HasNanScale)
                destination.Fill(float.NaN);
            else
                reference.RoundBlock(block, destination, tensorParameter, importance);
            return;
        }

        RoundUnits(element, block, destination, scale, inverse, divides);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void RoundUnits(TElement element, ReadOnlySpan<float> block, Span<float> destination, float scale, float inverse, bool divides)
    {
        ref var from = ref MemoryMarshal.GetReference(block);
        ref var to = ref MemoryMarshal.GetReference(destination[..block.Length]);
        var (unit, perUnit) = (Vector256.Create(scale), Vector256.Create(inverse));
        for (nuint i = 0; i < (nuint)block.Length; i += HalfStep)
        {
            var value = Vector256.LoadUnsafe(ref from, i);
            (element.Round(divides ? value / perUnit : value * perUnit) * unit).StoreUnsafe(ref to, i);
        }
    }

    // Length a multiple of sixteen.
    private int EncodeBlock(
        ReadOnlySpan<float> block, Span<byte> low, Span<byte> high, float tensorParameter, ReadOnlySpan<float> importance, ReadOnlySpan<float> row)
    {
        if (!TryChoose(block, tensorParameter, importance, row, out var code, out _, out var inverse))
        {
            if (code != SharedScale.NaN || !Format.HasNanScale)
                return EncodeByReference(block, low, high, tensorParameter, importance);
            low.Clear();
            return code;
        }

        EncodeUnits(element, block, low, high, inverse, divides);
        return code;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void EncodeUnits(TElement element, ReadOnlySpan<float> block, Span<byte> low, Span<byte> high, float inverse, bool divides)
    {
        var perUnit = Vector256.Create(inverse);
        for (var i = 0; i < block.Length; i += Step)
        {
            var (first, second) = (Vector256.LoadUnsafe(in block[i]), Vector256.LoadUnsafe(in block[i + HalfStep]));
            var codes = element.Encode(divides ? first / perUnit : first * perUnit);
            var others = element.Encode(divides ? second / perUnit : second * perUnit);
            NarrowToBytes(codes, others).StoreUnsafe(ref low[i]);
            if (!high.IsEmpty)
                NarrowToBytes(codes >>> 8, others >>> 8).StoreUnsafe(ref high[i]);
        }
    }

    // The scale of a block by the format's rule; false where the block is not finite (code NaN) or the reference has to take over.
    private bool TryChoose(
        ReadOnlySpan<float> block,
        float tensorParameter,
        ReadOnlySpan<float> importance,
        ReadOnlySpan<float> row,
        out int code,
        out float scale,
        out float inverse)
    {
        code = 0;
        if (Format.ScaleBits == 0)
            return scales.TryGet(0, tensorParameter, out scale, out inverse);
        (scale, inverse) = (0, 0);
        var largest = LargestBits(block);
        if (largest >= InfinityBits)
        {
            if (!Format.HasNanScale)
                NonFiniteException.ThrowIfAny(row);
            code = SharedScale.NaN;
            return false;
        }

        if (largest == 0)
        {
            // Zeros under any scale; the stored code is 0.
            (scale, inverse) = (1, 1);
            return true;
        }

        code = scales.Choose(largest, tensorParameter);
        if (Format.Rule == ScaleRule.Mse && !TryLeastError(block, importance, tensorParameter, ref code))
            return false;
        return scales.TryGet(code, tensorParameter, out scale, out inverse);
    }

    private bool TryLeastError(ReadOnlySpan<float> block, ReadOnlySpan<float> importance, float tensorParameter, ref int code)
    {
        if (!scales.TryGet(code, tensorParameter, out var scale, out var inverse))
            return false;
        var least = Error(block, importance, scale, inverse);
        foreach (var candidate in scales.Neighbours(code))
        {
            if (!scales.TryGet(candidate, tensorParameter, out scale, out inverse))
                return false;
            var error = Error(block, importance, scale, inverse);
            if (error < least)
                (code, least) = (candidate, error);
        }

        return true;
    }

    // Lane i mod 8 of the sums takes element i, in ascending order, and the lanes are added as in the reference.
    private double Error(ReadOnlySpan<float> block, ReadOnlySpan<float> importance, float scale, float inverse)
    {
        Vector256<double> lower = default, upper = default;
        for (var i = 0; i < block.Length; i += HalfStep)
        {
            var x = Vector256.LoadUnsafe(in block[i]);
            var perUnit = Vector256.Create(inverse);
            var rounded = element.Round(divides ? x / perUnit : x * perUnit) * Vector256.Create(scale);
            var low = Vector256.WidenLower(x) - Vector256.WidenLower(rounded);
            var high = Vector256.WidenUpper(x) - Vector256.WidenUpper(rounded);
            low *= low;
            high *= high;
            if (!importance.IsEmpty)
            {
                var weights = Vector256.LoadUnsafe(in importance[i]);
                low *= Vector256.WidenLower(weights);
                high *= Vector256.WidenUpper(weights);
            }

            lower += low;
            upper += high;
        }

        var four = lower + upper;
        var two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int EncodeByReference(
        ReadOnlySpan<float> block, Span<byte> low, Span<byte> high, float tensorParameter, ReadOnlySpan<float> importance)
    {
        var codes = ArrayPool<ushort>.Shared.Rent(block.Length);
        var scale = reference.EncodeBlock(block, importance, tensorParameter, codes.AsSpan(0, block.Length));
        for (var i = 0; i < block.Length; i++)
        {
            low[i] = (byte)codes[i];
            if (!high.IsEmpty)
                high[i] = (byte)(codes[i] >> 8);
        }

        ArrayPool<ushort>.Shared.Return(codes);
        return scale;
    }

    // The bit patterns of magnitudes order like the magnitudes, with infinity and the NaNs above all numbers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int LargestBits(ReadOnlySpan<float> block)
    {
        ref var from = ref MemoryMarshal.GetReference(block);
        var largest = Vector256<int>.Zero;
        for (nuint i = 0; i < (nuint)block.Length; i += HalfStep)
            largest = Vector256.Max(largest, Vector256.LoadUnsafe(ref from, i).AsInt32() & Vector256.Create(int.MaxValue));
        var four = Vector128.Max(largest.GetLower(), largest.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)));
        return four.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NarrowToBytes(Vector256<int> codes, Vector256<int> others)
    {
        var shorts = Vector256.Narrow(codes, others).AsUInt16();
        return Vector128.Narrow(shorts.GetLower(), shorts.GetUpper());
    }

    private static int RoundUp(int length) => checked((length + Step - 1) / Step * Step);

    private static Span<float> Pad(ReadOnlySpan<float> block, Span<float> padded)
    {
        block.CopyTo(padded);
        padded[block.Length..].Clear();
        return padded;
    }
}
