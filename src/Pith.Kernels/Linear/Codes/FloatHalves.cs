using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Minifloats and signed powers of two: a code's fields where a bfloat16, the upper half of a float, has its own.</summary>
/// <remarks>The exponent keeps its field, so values are too small by 2^(127 - bias); subnormal codes are subnormal floats.</remarks>
/// <param name="exponentBits">E.</param>
/// <param name="mantissaBits">M.</param>
internal readonly unsafe struct FloatHalves(int exponentBits, int mantissaBits) : ICodeHalves
{
    // A code, its sign extended to 16 bits, has its lowest mantissa bit at 7 - M - E.
    private readonly Vector256<short> toField = Vector256.Create((short)(1 << exponentBits));
    private readonly Vector256<short> fields =
        Vector256.Create((short)(short.MinValue | (((1 << (exponentBits + mantissaBits)) - 1) << (7 - mantissaBits))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes)
    {
        var upper = Fields(codes);
        return new(
            Avx2.UnpackLow(Vector256<short>.Zero, upper).AsSingle(), Avx2.UnpackHigh(Vector256<short>.Zero, upper).AsSingle());
    }

    /// <summary>The upper halves of floats with the fields of sixteen codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<short> Fields(byte* codes) => (Avx2.ConvertToVector256Int16((sbyte*)codes) * toField) & fields;
}
