using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Rows of ggml blocks: all bytes of a block are codes, since its scales lie among them.</summary>
/// <remarks>A ragged last block is filled with zeros.</remarks>
internal sealed class GgmlCodec : FormatCodec
{
    private static readonly Dictionary<FormatFamily, GgmlBlock> Blocks = new()
    {
        [FormatFamily.Q80] = new Q80Block(),
        [FormatFamily.Q40] = new NibbleBlock(bits: 4, hasMinimum: false),
        [FormatFamily.Q41] = new NibbleBlock(bits: 4, hasMinimum: true),
        [FormatFamily.Q50] = new NibbleBlock(bits: 5, hasMinimum: false),
        [FormatFamily.Q51] = new NibbleBlock(bits: 5, hasMinimum: true),
        [FormatFamily.Q2K] = new Q2KBlock(),
        [FormatFamily.Q3K] = new Q3KBlock(),
        [FormatFamily.Q4K] = new Q45KBlock(bits: 4),
        [FormatFamily.Q5K] = new Q45KBlock(bits: 5),
        [FormatFamily.Q6K] = new Q6KBlock(),
        [FormatFamily.Iq4Nl] = new Iq4NlBlock(),
        [FormatFamily.Iq4Xs] = new Iq4XsBlock(),
    };

    private readonly GgmlBlock block;
    private readonly bool isFast;

    private GgmlCodec(NumberFormat format, GgmlBlock block, bool isFast)
        : base(format) => (this.block, this.isFast) = (block, isFast);

    /// <summary>The codec of a format with <see cref="NumberFormat.IsGgml"/>.</summary>
    /// <param name="format">The format.</param>
    /// <param name="isFast">Whether many numbers are decoded at a time; the bits are the same.</param>
    public static GgmlCodec Of(NumberFormat format, bool isFast) => new(format, Blocks[format.Family], isFast);

    /// <summary>The block type.</summary>
    public GgmlBlock Block => block;

    /// <inheritdoc/>
    public override int CodeBytes(int columns) => checked(Format.BlocksPerRow(columns) * block.Bytes);

    private protected override void RoundRow(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance)
    {
        NonFiniteException.ThrowIfAny(source);
        Span<byte> bytes = stackalloc byte[block.Bytes];
        Span<float> values = stackalloc float[block.Values];
        Span<float> weights = stackalloc float[block.Values];
        for (var start = 0; start < source.Length; start += block.Values)
        {
            var count = Math.Min(block.Values, source.Length - start);
            EncodeBlock(source.Slice(start, count), importance.IsEmpty ? [] : importance.Slice(start, count), values, weights, bytes);
            DecodeBlocks(bytes, values);
            values[..count].CopyTo(destination[start..]);
        }
    }

    private protected override void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter, ReadOnlySpan<float> importance)
    {
        NonFiniteException.ThrowIfAny(source);
        Span<float> values = stackalloc float[block.Values];
        Span<float> weights = stackalloc float[block.Values];
        for (var start = 0; start < source.Length; start += block.Values)
        {
            var count = Math.Min(block.Values, source.Length - start);
            var bytes = codes.Slice(start / block.Values * block.Bytes, block.Bytes);
            EncodeBlock(source.Slice(start, count), importance.IsEmpty ? [] : importance.Slice(start, count), values, weights, bytes);
        }
    }

    private protected override void DecodeRow(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter)
    {
        var whole = destination.Length / block.Values;
        DecodeBlocks(codes[..(whole * block.Bytes)], destination[..(whole * block.Values)]);
        var rest = destination[(whole * block.Values)..];
        if (rest.IsEmpty)
            return;
        Span<float> last = stackalloc float[block.Values];
        DecodeBlocks(codes[(whole * block.Bytes)..], last);
        last[..rest.Length].CopyTo(rest);
    }

    private void EncodeBlock(
        ReadOnlySpan<float> source, ReadOnlySpan<float> importance, Span<float> values, Span<float> weights, Span<byte> bytes)
    {
        source.CopyTo(values);
        values[source.Length..].Clear();
        if (importance.IsEmpty)
            weights.Fill(1);
        else
            importance.CopyTo(weights);
        weights[source.Length..].Clear();
        bytes.Clear();
        block.Encode(values, weights, bytes);
    }

    private void DecodeBlocks(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        if (isFast)
        {
            DecodeParts(bytes, numbers);
            return;
        }

        for (int from = 0, to = 0; from < bytes.Length; from += block.Bytes, to += block.Values)
            block.Decode(bytes.Slice(from, block.Bytes), numbers.Slice(to, block.Values));

        // A negative scale times code zero is -0; adding +0 makes it +0 and changes nothing else.
        TensorPrimitives.Add(numbers, 0f, numbers);
    }

    // So many at a time that their parts stay on the stack.
    private void DecodeParts(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        const int Room = 256;
        Span<sbyte> codes = stackalloc sbyte[Room];
        Span<float> steps = stackalloc float[Room / GgmlParts.Values];
        Span<float> offsets = stackalloc float[Room / GgmlParts.Values];
        offsets.Clear();
        var parts = new GgmlParts(steps.Length, codes, steps, offsets);
        while (bytes.Length > 0)
        {
            var blocks = Math.Min(Room / block.Values, bytes.Length / block.Bytes);
            block.TakeApart(bytes[..(blocks * block.Bytes)], parts);
            for (int part = 0, at = 0; at < blocks * block.Values; part++, at += GgmlParts.Values)
                GgmlVectors.Write(Vector128.Create<sbyte>(codes[at..]), steps[part], offsets[part], numbers[at..]);
            bytes = bytes[(blocks * block.Bytes)..];
            numbers = numbers[(blocks * block.Values)..];
        }
    }
}
