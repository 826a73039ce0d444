using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Formats;

/// <summary>Minifloats; see <see cref="MiniFloatGrid"/>.</summary>
/// <remarks>For |y| ≥ 2^k, k the smallest normal exponent or that of y, the values are multiples of 2^(k-M). Floats from c = 2^(k-M+23)
/// to 2c are exactly those multiples, and y + c lies there since y &lt; 2^(k+1) ≤ c for M ≤ 22. So the addition rounds, to nearest and
/// ties to even (c / 2^(k-M) is even), and bits(y + c) - bits(c) counts the steps. Codes of a sign being consecutive, steps that
/// reach 2^(M+1) carry into the exponent field.</remarks>
/// <param name="mantissaBits">M, 0 … 10.</param>
/// <param name="smallestExponent">k of the smallest normal number 2^k.</param>
/// <param name="largest">The largest value.</param>
/// <param name="signBit">The sign bit of a code.</param>
/// <param name="specials">Magnitude codes at the top which are NaN; where there are several, the first is infinity (OCP FP8).</param>
internal readonly struct FloatElement(int mantissaBits, int smallestExponent, float largest, int signBit, int specials = 0) : IVectorElement
{
    private const int FloatMantissaBits = 23;
    private const int ExponentMask = 0x7F800000;
    private const int SignMask = int.MinValue;

    private readonly int smallestField = (smallestExponent + 127) << FloatMantissaBits;
    private readonly int signShift = 31 - int.Log2(signBit);
    private readonly int toStep = (FloatMantissaBits - mantissaBits) << FloatMantissaBits;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Round(Vector256<float> value)
    {
        var magnitude = Magnitude(value);
        var constant = (Field(magnitude) + Vector256.Create(toStep)).AsSingle();
        var rounded = magnitude + constant - constant;

        // The sign back; adding +0 turns -0 into +0 and leaves the rest.
        return (rounded.AsInt32() | (value.AsInt32() & Vector256.Create(SignMask))).AsSingle() + Vector256<float>.Zero;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Encode(Vector256<float> value)
    {
        var code = EncodeMagnitude(value);
        var sign = Vector256.LessThan(value, Vector256<float>.Zero).AsInt32() & Vector256.GreaterThan(code, Vector256<int>.Zero);
        return code | (sign & Vector256.Create(signBit));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Decode(Vector256<int> code)
    {
        // The code's fields where a float has its own, with the smallest normal exponent added: that is the value for e ≥ 1 if the
        // field is taken as e - 1, and for e = 0 the value plus that smallest normal number.
        var sign = code & Vector256.Create(signBit);
        var magnitude = code ^ sign;
        var smallest = Vector256.Create(smallestField);
        var bits = (magnitude << (FloatMantissaBits - mantissaBits)) + smallest;
        var isSubnormal = Vector256.LessThan(magnitude, Vector256.Create(1 << mantissaBits));
        var value = Vector256.ConditionalSelect(
            isSubnormal.AsSingle(),
            bits.AsSingle() - smallest.AsSingle(),
            (bits - Vector256.Create(1 << FloatMantissaBits)).AsSingle());
        if (specials > 0 && Vector256.GreaterThanOrEqualAny(magnitude, Vector256.Create(signBit - specials)))
        {
            var first = Vector256.Create(signBit - specials);
            var special = Vector256.ConditionalSelect(
                Vector256.Equals(magnitude, first).AsSingle(), Vector256.Create(specials > 1 ? float.PositiveInfinity : float.NaN), Vector256.Create(float.NaN));
            value = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(magnitude, first).AsSingle(), special, value);
        }

        return (value.AsInt32() | (sign << signShift)).AsSingle() + Vector256<float>.Zero;
    }

    /// <summary>Decodes blocks of bytes, sixteen at a time in 16-bit lanes: codes of a byte are exact in bfloat16, the upper half of a binary32.</summary>
    /// <param name="codes">One byte a code.</param>
    /// <param name="factors">One a block.</param>
    /// <param name="length">Codes of a block, a multiple of sixteen.</param>
    /// <param name="destination">A multiple of sixteen numbers.</param>
    /// <returns>Numbers decoded: none without AVX2, and those before the first sixteen with a special code.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public int DecodeBlocks(ReadOnlySpan<byte> codes, ReadOnlySpan<float> factors, int length, Span<float> destination)
    {
        const int Step = 16;
        const int UpperMantissaBits = 7;
        const byte InterleavedWords = 0b11_01_10_00;
        if (!Avx2.IsSupported || mantissaBits > UpperMantissaBits || signBit > 0x80 || codes.Length < destination.Length)
            return 0;
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var (sign, ofOne) = (Vector256.Create((short)signBit), Vector256.Create((short)(1 << mantissaBits)));
        var first = Vector256.Create((short)(signBit - specials - 1));
        var smallest = Vector256.Create((short)(smallestField >> 16));
        var (one, normal) = (Vector256.Create((short)(1 << UpperMantissaBits)), smallest - Vector256.Create((short)(1 << UpperMantissaBits)));
        var (toField, toSign) = (Vector128.CreateScalar((short)(UpperMantissaBits - mantissaBits)), Vector128.CreateScalar((short)(15 - int.Log2(signBit))));
        for (int at = 0, block = 0; at < destination.Length; block++)
        {
            var factor = Vector256.Create(factors[block]);
            for (var end = Math.Min(at + length, destination.Length); at < end; at += Step)
            {
                // The words in an order which unpacking by halves undoes.
                var code = Avx2.ConvertToVector256Int16(Sse2.Shuffle(Vector128.LoadUnsafe(ref Unsafe.Add(ref from, at)).AsInt32(), InterleavedWords).AsByte());
                var signs = code & sign;
                var magnitude = code ^ signs;
                if (specials > 0 && Vector256.GreaterThanAny(magnitude, first))
                    return at;

                // As Decode, with zero in place of the smallest normal number where nothing is to be taken off; ±x - ±x is +0.
                var isSubnormal = Vector256.GreaterThan(ofOne, magnitude);
                signs = Avx2.ShiftLeftLogical(signs, toSign);
                var bits = (Avx2.ShiftLeftLogical(magnitude, toField) + normal + (isSubnormal & one)) | signs;
                var surplus = (isSubnormal & smallest) | signs;
                var zero = Vector256<short>.Zero;
                var lower = Avx2.UnpackLow(zero, bits).AsSingle() - Avx2.UnpackLow(zero, surplus).AsSingle();
                var upper = Avx2.UnpackHigh(zero, bits).AsSingle() - Avx2.UnpackHigh(zero, surplus).AsSingle();
                (lower * factor).StoreUnsafe(ref Unsafe.Add(ref to, at));
                (upper * factor).StoreUnsafe(ref Unsafe.Add(ref to, at), Step / 2);
            }
        }

        return destination.Length;
    }

    /// <summary>The code without the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> EncodeMagnitude(Vector256<float> value)
    {
        var magnitude = Magnitude(value);
        var field = Field(magnitude);
        var constant = field + Vector256.Create(toStep);
        var steps = (magnitude + constant.AsSingle()).AsInt32() - constant;
        return Vector256.ShiftRightLogical(field - Vector256.Create(smallestField), FloatMantissaBits - mantissaBits) + steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Magnitude(Vector256<float> value) => Vector256.MinNative(Vector256.Abs(value), Vector256.Create(largest));

    // The exponent field of the magnitude, at least that of the smallest normal number, in place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Field(Vector256<float> magnitude) =>
        Vector256.Max(magnitude.AsInt32() & Vector256.Create(ExponentMask), Vector256.Create(smallestField));
}
