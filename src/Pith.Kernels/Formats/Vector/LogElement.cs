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
    public Vector512<float> Round(Vector512<float> value) => Power(Exponent(value), value.AsInt32() & Vector512.Create(int.MinValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> value)
    {
        var exponent = Exponent(value);
        var sign = Vector512.LessThan(value, Vector512<float>.Zero).AsInt32() & Vector512.GreaterThan(exponent, Vector512<int>.Zero);
        return exponent | (sign & Vector512.Create(top + 1));
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
    private static Vector512<float> Power(Vector512<int> exponent, Vector512<int> sign)
    {
        var isZero = Vector512.Equals(exponent, Vector512<int>.Zero);
        return Vector512.AndNot(((exponent + Vector512.Create(127)) << FloatMantissaBits) | sign, isZero).AsSingle();
    }

    // 0 … top; the unit is below the smallest value, so that subnormal inputs, whose field is not their exponent, are zeros anyway.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Exponent(Vector512<float> value)
    {
        var magnitude = value.AsInt32() & Vector512.Create(MagnitudeMask);
        var exponent = Vector512.ShiftRightLogical(magnitude + Vector512.Create(Carry), FloatMantissaBits) - Vector512.Create(127);
        return Vector512.Min(Vector512.Max(exponent, Vector512<int>.Zero), Vector512.Create(top));
    }
}
