using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Denormalised minifloats; see <see cref="DmfGrid"/>.</summary>
/// <remarks>In canonical codes the top mantissa bit is set except at e = 0, so the values are those of a minifloat with one mantissa bit
/// less and smallest normal exponent -bias-1; only the code differs.</remarks>
internal readonly struct DmfElement(int exponentBits, int mantissaBits, float largest) : IVectorElement
{
    private readonly FloatElement normalized =
        new(mantissaBits - 1, -(1 << (exponentBits - 1)), largest, 1 << (exponentBits + mantissaBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Round(Vector256<float> value) => normalized.Round(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Encode(Vector256<float> value)
    {
        // Normalised code n: below 2^M it is m at e = 0; from there n = (e + 1)·2^(M-1) + rest, and m = 2^(M-1) + rest.
        var half = Vector256.Create(1 << (mantissaBits - 1));
        var code = normalized.EncodeMagnitude(value);
        var e = Vector256.ShiftRightLogical(code, mantissaBits - 1) - Vector256<int>.One;
        var widened = (e << mantissaBits) | half | (code & (half - Vector256<int>.One));
        code = Vector256.ConditionalSelect(Vector256.LessThan(code, half + half), code, widened);
        var sign = Vector256.LessThan(value, Vector256<float>.Zero).AsInt32() & Vector256.GreaterThan(code, Vector256<int>.Zero);
        return code | (sign & Vector256.Create(1 << (exponentBits + mantissaBits)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Decode(Vector256<int> code)
    {
        // m · 2^(e-bias-M), both factors exact; the power is a normal float.
        var sign = code & Vector256.Create(1 << (exponentBits + mantissaBits));
        var m = Vector256.ConvertToSingle(code & Vector256.Create((1 << mantissaBits) - 1));
        var e = (code ^ sign) >>> mantissaBits;
        var offset = 127 - mantissaBits - ((1 << (exponentBits - 1)) - 1);
        var magnitude = m * ((e + Vector256.Create(offset)) << 23).AsSingle();
        return (magnitude.AsInt32() | (sign << (31 - exponentBits - mantissaBits))).AsSingle() + Vector256<float>.Zero;
    }
}
