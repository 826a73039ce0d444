using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Integers from <paramref name="lowest"/> to <paramref name="highest"/>, both within ±2^22; see <see cref="SignMagnitudeGrid"/>
/// and <see cref="TwosComplementGrid"/>.</summary>
internal readonly struct IntegerElement(int bits, int lowest, int highest, bool twosComplement) : IVectorElement
{
    // Floats from 2^23 to 2^24 are the integers. For |v| ≤ 2^22 the sum 1.5·2^23 + v lies between them, so the addition itself rounds
    // v to an integer, to nearest and ties to even (1.5·2^23 is even); the integer is the difference of the bit patterns,
    // and taking the constant away again is exact. v = -0.3 gives +0, since x - x is +0.
    private const float Magic = 12582912f;

    private readonly float low = lowest;
    private readonly float high = highest;
    private readonly int signBit = 1 << (bits - 1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Round(Vector256<float> value) => Shifted(value) - Vector256.Create(Magic);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Encode(Vector256<float> value)
    {
        var integer = Shifted(value).AsInt32() - Vector256.Create(Magic).AsInt32();
        if (twosComplement)
            return integer & Vector256.Create((2 * signBit) - 1);

        // |q| plus the sign bit where q < 0: the arithmetic shift makes a mask of the sign.
        var negative = Vector256.ShiftRightArithmetic(integer, 31);
        return ((integer ^ negative) - negative) | (negative & Vector256.Create(signBit));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Decode(Vector256<int> code)
    {
        // The sign bit counts -2^(b-1) in two's complement. Otherwise it makes the magnitude negative.
        var sign = code & Vector256.Create(signBit);
        if (twosComplement)
            return Vector256.ConvertToSingle((code ^ sign) - sign);
        var negative = Vector256<int>.Zero - (sign >>> (bits - 1));
        return Vector256.ConvertToSingle(((code ^ sign) ^ negative) - negative);
    }

    // The bounds are integers: clamping before rounding and after it are the same.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Shifted(Vector256<float> value) =>
        Vector256.MinNative(Vector256.MaxNative(value, Vector256.Create(low)), Vector256.Create(high)) + Vector256.Create(Magic);
}
