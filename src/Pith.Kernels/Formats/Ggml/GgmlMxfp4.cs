namespace Pith.Kernels.Formats;

/// <summary>MXFP4 as ggml lays it out and encodes it: <c>x̂ = 2^(e-128) · v(q)</c>, v twice the E2M1 values.</summary>
/// <remarks>The numbers are those of <c>mxfp4:32</c>. Bytes: e; 16 bytes, byte j with code j below code j + 16, where <c>mxfp4:32</c>
/// has codes 2j and 2j + 1. Of two values equally near, the encoder takes the one nearer to zero, where <c>mxfp4:32</c> takes the
/// even one; e is floor(log2 max|x|) - 2 + 127, at least 0, the logarithm rounded to single precision first, so that a maximum
/// less than about a millionth below a power of two counts as that power. Thread-safe.</remarks>
public static class GgmlMxfp4
{
    /// <summary>Numbers in a block.</summary>
    public const int Values = 32;

    /// <summary>Bytes of a block.</summary>
    public const int Bytes = 17;

    private const int Half = 16;
    private const int ScaleBias = 127;
    private const int LargestExponent = 2;

    /// <summary>Encodes blocks.</summary>
    /// <param name="source">Finite numbers, 32 a block.</param>
    /// <param name="destination">17 bytes a block.</param>
    /// <exception cref="ArgumentException">The lengths are not those of whole blocks.</exception>
    /// <exception cref="NonFiniteException">A number is not finite.</exception>
    public static void Encode(ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(source.Length, destination.Length, Bytes);
        NonFiniteException.ThrowIfAny(source);
        for (var block = 0; block < source.Length / Values; block++)
            EncodeBlock(source.Slice(block * Values, Values), destination.Slice(block * Bytes, Bytes));
    }

    /// <summary>Turns blocks into the codes and scales of <c>mxfp4:32</c>.</summary>
    /// <param name="source">17 bytes a block.</param>
    /// <param name="codes">16 bytes a block.</param>
    /// <param name="scales">One byte a block.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void ToCodesAndScales(ReadOnlySpan<byte> source, Span<byte> codes, Span<byte> scales)
    {
        CheckLengths(scales.Length * Values, source.Length, Bytes);
        CheckLengths(scales.Length * Values, codes.Length, Half);
        for (var block = 0; block < scales.Length; block++)
        {
            var from = source.Slice(block * Bytes, Bytes);
            var to = codes.Slice(block * Half, Half);
            scales[block] = from[0];
            for (var j = 0; j < Half; j += 2)
            {
                to[j / 2] = (byte)((from[1 + j] & 0xF) | (from[2 + j] << 4));
                to[(j + Half) / 2] = (byte)((from[1 + j] >> 4) | (from[2 + j] & 0xF0));
            }
        }
    }

    /// <summary>The inverse of <see cref="ToCodesAndScales"/>.</summary>
    /// <param name="codes">16 bytes a block.</param>
    /// <param name="scales">One byte a block.</param>
    /// <param name="destination">17 bytes a block.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void FromCodesAndScales(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<byte> destination)
    {
        CheckLengths(scales.Length * Values, destination.Length, Bytes);
        CheckLengths(scales.Length * Values, codes.Length, Half);
        for (var block = 0; block < scales.Length; block++)
        {
            var from = codes.Slice(block * Half, Half);
            var to = destination.Slice(block * Bytes, Bytes);
            to[0] = scales[block];
            for (var j = 0; j < Half; j++)
            {
                var first = (from[j / 2] >> (4 * (j % 2))) & 0xF;
                var second = (from[(j + Half) / 2] >> (4 * (j % 2))) & 0xF;
                to[1 + j] = (byte)(first | (second << 4));
            }
        }
    }

    private static void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        var exponent = largest > 0 ? Math.Max((int)MathF.Floor((float)Math.Log2(largest)) - LargestExponent + ScaleBias, 0) : 0;
        block[0] = (byte)exponent;
        for (var j = 0; j < Half; j++)
            block[1 + j] = (byte)(Code(values[j], exponent) | (Code(values[j + Half], exponent) << 4));
    }

    // In units of 2^(e-127) the values are 0, 0.5, 1, 1.5, 2, 3, 4, 6; a magnitude belongs to the first one whose midpoint with the
    // next it does not pass. Zero has code 0, whatever its sign.
    private static int Code(float value, int exponent)
    {
        ReadOnlySpan<float> midpoints = [0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5];
        var magnitude = Math.ScaleB(Math.Abs((double)value), ScaleBias - exponent);
        var code = 0;
        while (code < midpoints.Length && magnitude > midpoints[code])
            code++;
        return code > 0 && value < 0 ? code | 8 : code;
    }

    private static void CheckLengths(int values, int bytes, int bytesPerBlock)
    {
        if (values % Values != 0 || bytes != values / Values * bytesPerBlock)
            throw new ArgumentException($"expected {bytesPerBlock} bytes for each {Values} numbers, found {bytes} bytes for {values} numbers");
    }
}
