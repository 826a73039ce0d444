using System.Buffers;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The plain scalar codec: a value is a number of an <see cref="ElementGrid"/> times the scale of its block.</summary>
/// <remarks>A family says which grid, what a scale code means, and which scale code suits a block. All arithmetic is in doubles,
/// where scaling by powers of two is exact, and ends with one rounding to float.</remarks>
internal abstract class ReferenceCodec(NumberFormat format, ElementGrid grid) : FormatCodec(format)
{
    /// <summary>The values of one element.</summary>
    public ElementGrid Grid { get; } = grid;

    /// <summary>Where the bits of codes lie.</summary>
    public CodeLayout Layout { get; } = new(format.ElementBits);

    /// <summary>The scale of a zero block. Its codes are those of zeros.</summary>
    public virtual int ZeroBlockScale => 0;

    /// <summary>What a scale code means.</summary>
    public abstract double ScaleValue(int scale, float tensorParameter);

    /// <summary>The scale code of the standard rule or, where the format says so, of the ceiling rule.</summary>
    /// <param name="largest">Largest magnitude of the block, finite, &gt; 0.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    public abstract int ChooseScale(float largest, float tensorParameter);

    /// <summary>The scale codes which the <c>@mse</c> rule tries beside the standard one.</summary>
    public virtual IEnumerable<int> Neighbours(int scale) => [];

    /// <summary>The value of a code in units of the scale.</summary>
    public virtual double ElementValue(int code) => Grid.Decode(code);

    /// <summary>The code of an element.</summary>
    public virtual int EncodeElement(float value, int scale, float tensorParameter) =>
        Grid.Encode(value / ScaleValue(scale, tensorParameter));

    /// <summary>The value of a code.</summary>
    public virtual float DecodeElement(int code, int scale, float tensorParameter) =>
        (float)(Grid.Decode(code) * ScaleValue(scale, tensorParameter));

    /// <inheritdoc/>
    public override int CodeBytes(int columns) => Layout.RowBytes(Format.BlocksPerRow(columns), Format.BlockLength(columns));

    /// <summary>The scale code and the codes of one block.</summary>
    /// <param name="block">The block, ragged or full.</param>
    /// <param name="importance">As long as the block, or empty.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    /// <param name="codes">As long as the block.</param>
    public int EncodeBlock(ReadOnlySpan<float> block, ReadOnlySpan<float> importance, float tensorParameter, Span<ushort> codes)
    {
        var largest = 0f;
        foreach (var value in block)
            largest = Math.Max(largest, Math.Abs(value));
        var scale = ZeroBlockScale;
        if (!float.IsFinite(largest))
        {
            codes.Clear();
            return SharedScale.NaN;
        }

        if (largest > 0)
        {
            scale = ChooseScale(largest, tensorParameter);
            if (Format.Rule == ScaleRule.Mse)
                scale = LeastError(block, importance, scale, tensorParameter);
        }

        for (var i = 0; i < block.Length; i++)
            codes[i] = (ushort)EncodeElement(block[i], scale, tensorParameter);
        return scale;
    }

    /// <summary>One block, ragged or full, rounded.</summary>
    public void RoundBlock(
        ReadOnlySpan<float> block, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance)
    {
        var codes = ArrayPool<ushort>.Shared.Rent(block.Length);
        var scale = EncodeBlock(block, importance, tensorParameter, codes.AsSpan(0, block.Length));
        DecodeBlock(codes.AsSpan(0, block.Length), scale, tensorParameter, destination);
        ArrayPool<ushort>.Shared.Return(codes);
    }

    /// <summary>The values of one block.</summary>
    public void DecodeBlock(ReadOnlySpan<ushort> codes, int scale, float tensorParameter, Span<float> destination)
    {
        for (var i = 0; i < codes.Length; i++)
            destination[i] = DecodeElement(codes[i], scale, tensorParameter);
    }

    private protected override void RoundRow(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance)
    {
        RequireFinite(source);
        var length = Format.BlockLength(source.Length);
        for (var start = 0; start < source.Length; start += length)
        {
            var count = Math.Min(length, source.Length - start);
            var weights = importance.IsEmpty ? importance : importance.Slice(start, count);
            RoundBlock(source.Slice(start, count), destination.Slice(start, count), tensorParameter, weights);
        }
    }

    private protected override void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter, ReadOnlySpan<float> importance)
    {
        RequireFinite(source);
        codes.Clear();
        var length = Format.BlockLength(source.Length);
        var rented = ArrayPool<ushort>.Shared.Rent(length);
        for (var block = 0; block * length < source.Length; block++)
        {
            var start = block * length;
            var values = source.Slice(start, Math.Min(length, source.Length - start));
            var weights = importance.IsEmpty ? importance : importance.Slice(start, values.Length);
            var full = rented.AsSpan(0, length);
            full.Clear();
            var scale = EncodeBlock(values, weights, tensorParameter, full[..values.Length]);
            Layout.Pack(full, codes, block);
            if (!scales.IsEmpty)
                scales[block] = (byte)scale;
        }

        ArrayPool<ushort>.Shared.Return(rented);
    }

    private protected override void DecodeRow(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter)
    {
        var length = Format.BlockLength(destination.Length);
        var rented = ArrayPool<ushort>.Shared.Rent(length);
        for (var block = 0; block * length < destination.Length; block++)
        {
            var start = block * length;
            var values = destination.Slice(start, Math.Min(length, destination.Length - start));
            Layout.Unpack(codes, block, rented.AsSpan(0, length));
            var scale = scales.IsEmpty ? 0 : scales[block];
            DecodeBlock(rented.AsSpan(0, values.Length), scale, tensorParameter, values);
        }

        ArrayPool<ushort>.Shared.Return(rented);
    }

    private void RequireFinite(ReadOnlySpan<float> source)
    {
        if (!Format.HasNanScale)
            NonFiniteException.ThrowIfAny(source);
    }

    private int LeastError(ReadOnlySpan<float> block, ReadOnlySpan<float> importance, int standard, float tensorParameter)
    {
        var best = standard;
        var least = Error(block, importance, standard, tensorParameter);
        foreach (var scale in Neighbours(standard))
        {
            var error = Error(block, importance, scale, tensorParameter);
            if (error < least)
                (best, least) = (scale, error);
        }

        return best;
    }

    // The order of summation is part of the definition, so that a vector of eight doubles gives the same sum.
    private double Error(ReadOnlySpan<float> block, ReadOnlySpan<float> importance, int scale, float tensorParameter)
    {
        Span<double> lanes = stackalloc double[8];
        lanes.Clear();
        for (var i = 0; i < block.Length; i++)
        {
            double difference = (double)block[i] - DecodeElement(EncodeElement(block[i], scale, tensorParameter), scale, tensorParameter);
            var weight = importance.IsEmpty ? 1.0 : importance[i];
            lanes[i & 7] += weight * (difference * difference);
        }

        return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    }
}
