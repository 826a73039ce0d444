using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Formats;

/// <summary>Decodes rows of a <see cref="VectorCodec{TElement}"/>: sixteen elements at a time, the whole row at once where its blocks allow it.</summary>
/// <remarks>Blocks whose scale a float cannot hold go to the reference. Immutable, thread-safe.</remarks>
internal sealed class VectorDecoder<TElement>
    where TElement : struct, IVectorElement
{
    private const int Step = 16;
    private const int HalfStep = Step / 2;
    private const int MostTableBits = 4;

    private readonly ReferenceCodec reference;
    private readonly TElement element;
    private readonly BlockScales scales;
    private readonly int[] planes;
    private readonly float[] values = [];

    /// <summary>Prepares it.</summary>
    /// <param name="reference">The format's codec.</param>
    /// <param name="element">Its elements.</param>
    /// <param name="scales">Its scales.</param>
    /// <param name="planes">Widths of its planes of bits.</param>
    public VectorDecoder(ReferenceCodec reference, TElement element, BlockScales scales, int[] planes)
    {
        (this.reference, this.element, this.scales, this.planes) = (reference, element, scales, planes);
        var bits = reference.Format.ElementBits;
        if (bits <= MostTableBits && Avx512F.IsSupported)
            values = [.. Enumerable.Range(0, Step).Select(code => (float)reference.Grid.Decode(code & ((1 << bits) - 1)))];
    }

    /// <summary>Decodes a row.</summary>
    /// <param name="codes">The row's packed codes, of whole blocks.</param>
    /// <param name="scaleCodes">One byte a block; empty where the format has none.</param>
    /// <param name="destination">As many values as the row has columns.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    public void DecodeRow(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scaleCodes, Span<float> destination, float tensorParameter)
    {
        var length = reference.Format.BlockLength(destination.Length);
        var count = reference.Format.BlocksPerRow(destination.Length);
        if (IsAtOnce(length) && TryDecodeAtOnce(codes, scaleCodes, length, count, destination.Length, destination, new(in tensorParameter)))
            return;
        var packer = new RowPacker(reference.Layout, planes, length, count);
        packer.UnpackFirst(codes);
        for (int start = 0, block = 0; start < destination.Length; start += length, block++)
        {
            var part = destination.Slice(start, Math.Min(length, destination.Length - start));
            packer.Unpack(block, codes);
            var scaleCode = scaleCodes.IsEmpty ? 0 : scaleCodes[block];
            if (scales.TryGet(scaleCode, tensorParameter, out var scale, out _))
                DecodeBlock(packer.Low(block), packer.High, scale, part);
            else
                DecodeByReference(packer.Low(block), packer.High, scaleCode, tensorParameter, part);
        }

        packer.Return();
    }

    /// <summary>Decodes rows that lie one behind the other, together where no block is ragged.</summary>
    /// <param name="codes">The rows' packed codes.</param>
    /// <param name="scaleCodes">One byte a block; empty where the format has none.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="destination">Rows of as many values.</param>
    /// <param name="tensorParameters">One a row, or one for all.</param>
    /// <returns>False where they have to be decoded one by one.</returns>
    public bool TryDecodeRows(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scaleCodes, int columns, Span<float> destination, ReadOnlySpan<float> tensorParameters)
    {
        var length = reference.Format.BlockLength(columns);
        return IsAtOnce(length) && columns % length == 0 && TryDecodeAtOnce(codes, scaleCodes, length, columns / length, columns, destination, tensorParameters);
    }

    private bool IsAtOnce(int length) => values.Length == 0 && length % Step == 0 && reference.Layout.Bits <= 8;

    // Of several rows all blocks are whole. False where the reference has to take over for a block.
    private bool TryDecodeAtOnce(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scaleCodes, int length, int blocksOfRow, int columns, Span<float> destination, ReadOnlySpan<float> tensorParameters)
    {
        var rows = destination.Length / columns;
        var count = rows * blocksOfRow;
        var bytes = ArrayPool<byte>.Shared.Rent(count * length);
        var factors = ArrayPool<float>.Shared.Rent(count);
        var isWhole = true;
        if (tensorParameters.Length <= 1)
        {
            isWhole = scales.TryGetAll(scaleCodes, tensorParameters.IsEmpty ? 0 : tensorParameters[0], factors.AsSpan(0, count));
        }
        else
        {
            var codesOfRow = scaleCodes.Length / rows;
            for (var row = 0; row < rows && isWhole; row++)
            {
                isWhole = scales.TryGetAll(
                    scaleCodes.Slice(row * codesOfRow, codesOfRow), tensorParameters[row], factors.AsSpan(row * blocksOfRow, blocksOfRow));
            }
        }

        if (isWhole && reference.Layout.Bits == 8)
        {
            DecodeBlocks(element, codes, factors, length, destination);
        }
        else if (isWhole)
        {
            BytePlanes.UnpackBlocks(codes, planes, length, bytes.AsSpan(0, count * length));
            DecodeBlocks(element, bytes, factors, length, destination);
        }

        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<float>.Shared.Return(factors);
        return isWhole;
    }

    // A length that is a multiple of sixteen; codes and factors of whole blocks.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DecodeBlocks(TElement element, ReadOnlySpan<byte> codes, ReadOnlySpan<float> factors, int length, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var whole = destination.Length / Step * Step;
        var done = element is FloatElement minifloat ? minifloat.DecodeBlocks(codes, factors, length, destination[..whole]) : 0;
        for (int at = done, block = done / length; at < whole; block++)
        {
            var factor = Vector256.Create(factors[block]);
            for (var end = Math.Min((block + 1) * length, whole); at < end; at += Step)
                DecodeSixteen(element, ref Unsafe.Add(ref from, at), factor, ref Unsafe.Add(ref to, at));
        }

        if (whole == destination.Length)
            return;
        Span<float> last = stackalloc float[Step];
        DecodeSixteen(element, ref Unsafe.Add(ref from, whole), Vector256.Create(factors[whole / length]), ref last[0]);
        last[..(destination.Length - whole)].CopyTo(destination[whole..]);
    }

    // Two at a time: the compiler makes an element's constants once for both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeSixteen(TElement element, ref byte codes, Vector256<float> factor, ref float to)
    {
        var (first, second) = (WidenToInts(ref codes), WidenToInts(ref Unsafe.Add(ref codes, HalfStep)));
        (element.Decode(first) * factor).StoreUnsafe(ref to);
        (element.Decode(second) * factor).StoreUnsafe(ref to, HalfStep);
    }

    // Codes in sixteens, at least as many as values.
    private void DecodeBlock(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, float scale, Span<float> destination)
    {
        var i = 0;
        if (values.Length > 0)
        {
            // A table of sixteen floats is one register.
            var table = Vector512.Create(values);
            for (; i <= destination.Length - Step; i += Step)
                (Vector512.ShuffleNative(table, Avx512F.ConvertToVector512Int32(Vector128.Create(low.Slice(i, Step)))) * Vector512.Create(scale)).StoreUnsafe(ref destination[i]);
        }

        var (own, factor) = (element, Vector256.Create(scale));
        ref var to = ref MemoryMarshal.GetReference(destination);
        for (; i <= destination.Length - HalfStep; i += HalfStep)
            (own.Decode(Codes(low, high, i)) * factor).StoreUnsafe(ref to, (nuint)i);
        if (i == destination.Length)
            return;
        Span<float> last = stackalloc float[HalfStep];
        (own.Decode(Codes(low, high, i)) * factor).CopyTo(last);
        last[..(destination.Length - i)].CopyTo(destination[i..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DecodeByReference(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int scale, float tensorParameter, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = reference.DecodeElement(low[i] | (high.IsEmpty ? 0 : high[i] << 8), scale, tensorParameter);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Codes(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int from)
    {
        var codes = WidenToInts(ref Unsafe.AsRef(in low[from]));
        return high.IsEmpty ? codes : codes | (WidenToInts(ref Unsafe.AsRef(in high[from])) << 8);
    }

    // Eight codes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> WidenToInts(ref byte codes)
    {
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref codes)).AsByte();
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(bytes);
        var shorts = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32();
    }
}
