using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Signed powers of two; see <see cref="LogGrid"/>.</summary>
internal readonly struct LogElement(int bits) : IVectorElement
{
    private const int FloatMantissaBits = 23;
    private const int MagnitudeMask = 0x7FFFFFFF;

    // The mantissa field of the smallest float above √2: from there up the logarithm rounds to the next integer. Adding the
    // distance to 2^23 carries into the exponent field exactly there.
    private const int FirstAboveRootTwo = 0x3504F4;
    private const int Carry = (1 << FloatMantissaBits) - FirstAboveRootTwo;

    private readonly int top = (1 << (bits - 1)) - 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Round(Vector256<float> value) => Power(Exponent(value), value.AsInt32() & Vector256.Create(int.MinValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Encode(Vector256<float> value)
    {
        var exponent = Exponent(value);
        var sign = Vector256.LessThan(value, Vector256<float>.Zero).AsInt32() & Vector256.GreaterThan(exponent, Vector256<int>.Zero);
        return exponent | (sign & Vector256.Create(top + 1));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Decode(Vector256<int> code)
    {
        var exponent = code & Vector256.Create(top);
        var sign = (code & Vector256.Create(top + 1)) << (32 - bits);
        var power = ((exponent + Vector256.Create(127)) << FloatMantissaBits) | sign;
        return Vector256.AndNot(power, Vector256.Equals(exponent, Vector256<int>.Zero)).AsSingle();
    }

    // 2^exponent with a sign bit, and 0 for exponent 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Power(Vector256<int> exponent, Vector256<int> sign)
    {
        var isZero = Vector256.Equals(exponent, Vector256<int>.Zero);
        return Vector256.AndNot(((exponent + Vector256.Create(127)) << FloatMantissaBits) | sign, isZero).AsSingle();
    }

    // 0 … top; the unit is below the smallest value, so that subnormal inputs, whose field is not their exponent, are zeros anyway.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Exponent(Vector256<float> value)
    {
        var magnitude = value.AsInt32() & Vector256.Create(MagnitudeMask);
        var exponent = Vector256.ShiftRightLogical(magnitude + Vector256.Create(Carry), FloatMantissaBits) - Vector256.Create(127);
        return Vector256.Min(Vector256.Max(exponent, Vector256<int>.Zero), Vector256.Create(top));
    }
}
