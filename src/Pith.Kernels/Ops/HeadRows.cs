using System.Numerics.Tensors;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Ops;

/// <summary>The keys, or the values, of one head: one row a position, held in a number format, or as floats where there is none.</summary>
/// <remarks>A row is packed when it is put and decoded when attention reads it, a few rows at a time, into memory that stays in the
/// first-level cache: attention gives the same bits as on rows that were rounded to the format and kept as floats. Rows are blocked along
/// the head. A format with a parameter for the whole tensor takes it from each row. Different rows may be put by different threads at once.</remarks>
public sealed class HeadRows
{
    // Decoded rows, 16 KiB: half of a first-level cache.
    private const int DecodedElements = 4096;

    private readonly int headSize;
    private readonly int stride;
    private readonly FormatCodec? codec;
    private readonly IntegerDecoder? decoder;
    private float[] floats = [];
    private byte[] codes = [];
    private byte[] scales = [];
    private float[] parameters = [];

    /// <summary>No rows yet.</summary>
    /// <param name="headSize">Width of the head, ≥ 1.</param>
    /// <param name="codec">Packs the rows; null for floats.</param>
    public HeadRows(int headSize, FormatCodec? codec)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headSize, 1);
        this.headSize = headSize;
        this.codec = codec;
        stride = AttentionShape.StrideOf(headSize);
        decoder = codec is null ? null : IntegerDecoder.TryCreate(codec);
    }

    /// <summary>Rows that are handed out at once, at most; a multiple of four.</summary>
    internal int RowsAtOnce => codec is null ? int.MaxValue : Math.Max(4, DecodedElements / stride / 4 * 4);

    /// <summary>Floats which <see cref="Read"/> needs for its rows.</summary>
    internal int ScratchElements => codec is null ? 0 : RowsAtOnce * stride;

    /// <summary>Bytes of one row in a format: codes, scales, and the parameter if the format has one; floats are padded to sixteen.</summary>
    /// <param name="headSize">Width of the head.</param>
    /// <param name="codec">Packs the rows; null for floats.</param>
    public static long RowBytes(int headSize, FormatCodec? codec) => codec is null
        ? 4L * AttentionShape.StrideOf(headSize)
        : codec.CodeBytes(headSize) + codec.ScaleBytes(headSize) + (codec.Format.HasTensorParameter ? sizeof(float) : 0);

    /// <summary>Makes room for rows; those that were put stay.</summary>
    /// <param name="rows">Number of rows, ≥ 0.</param>
    public void Reserve(int rows)
    {
        if (codec is null)
        {
            Grow(ref floats, rows, stride);
            return;
        }

        Grow(ref codes, rows, codec.CodeBytes(headSize));
        Grow(ref scales, rows, codec.ScaleBytes(headSize));
        Grow(ref parameters, rows, codec.Format.HasTensorParameter ? 1 : 0);
    }

    /// <summary>Puts a row in its place, over what was there.</summary>
    /// <param name="row">0 … reserved rows - 1.</param>
    /// <param name="values">[head size].</param>
    /// <exception cref="NonFiniteException">The row holds a NaN or an infinity and the format cannot say so.</exception>
    public void Put(int row, ReadOnlySpan<float> values)
    {
        if (codec is null)
        {
            values.CopyTo(floats.AsSpan(row * stride, headSize));
            return;
        }

        var (codeBytes, scaleBytes) = (codec.CodeBytes(headSize), codec.ScaleBytes(headSize));
        var parameter = 0f;
        if (codec.Format.HasTensorParameter)
            parameters[row] = parameter = codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude(values)));
        codec.Encode(values, codes.AsSpan(row * codeBytes, codeBytes), scales.AsSpan(row * scaleBytes, scaleBytes), parameter);
    }

    /// <summary>Rows as floats, [count, stride], zeros behind the head's width.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Rows, at most <see cref="RowsAtOnce"/>.</param>
    /// <param name="scratch">At least <see cref="ScratchElements"/>; may receive the rows.</param>
    internal ReadOnlySpan<float> Read(int first, int count, Span<float> scratch)
    {
        if (codec is null)
            return floats.AsSpan(first * stride, count * stride);
        var (codeBytes, scaleBytes) = (codec.CodeBytes(headSize), codec.ScaleBytes(headSize));
        var allCodes = codes.AsSpan(first * codeBytes, count * codeBytes);
        var allScales = scales.AsSpan(first * scaleBytes, count * scaleBytes);
        if (decoder is not null)
        {
            decoder.Decode(allCodes, allScales, count, scratch[..(count * stride)]);
            return scratch[..(count * stride)];
        }

        if (headSize == stride)
        {
            codec.DecodeRows(allCodes, allScales, headSize, scratch[..(count * stride)], parameters.Length > 0 ? parameters.AsSpan(first, count) : default);
            return scratch[..(count * stride)];
        }

        for (var i = 0; i < count; i++)
        {
            var values = scratch.Slice(i * stride, stride);
            codec.Decode(
                allCodes.Slice(i * codeBytes, codeBytes),
                allScales.Slice(i * scaleBytes, scaleBytes),
                values[..headSize],
                parameters.Length > 0 ? parameters[first + i] : 0);
            values[headSize..].Clear();
        }

        return scratch[..(count * stride)];
    }

    private static void Grow<T>(ref T[] array, int rows, int width)
    {
        if (array.Length < checked(rows * width))
            Array.Resize(ref array, rows * width);
    }
}
