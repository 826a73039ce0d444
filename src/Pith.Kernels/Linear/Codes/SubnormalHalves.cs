using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Minifloats among which subnormal codes are common: no operand is a subnormal float, whatever that would cost.</summary>
/// <remarks>A subnormal code becomes the smallest normal number with its mantissa, less that number.</remarks>
/// <param name="exponentBits">E.</param>
/// <param name="mantissaBits">M.</param>
internal readonly unsafe struct SubnormalHalves(int exponentBits, int mantissaBits) : ICodeHalves
{
    /// <summary>What is added to exponent fields, so that differences are normal floats too; at least M.</summary>
    public const int Offset = 8;

    private const short One = 1 << 7;
    private const short SignAndExponent = unchecked((short)0xFF80);

    private readonly FloatHalves plain = new(exponentBits, mantissaBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes)
    {
        var code = plain.Fields(codes);
        var isSubnormal = Vector256.Equals(code & Vector256.Create((short)(SignAndExponent & short.MaxValue)), Vector256<short>.Zero);
        var upper = code + Vector256.Create((short)(Offset * One)) + (isSubnormal & Vector256.Create(One));
        return Difference(upper, upper & isSubnormal & Vector256.Create(SignAndExponent));
    }

    /// <summary>Numbers less others, both as their upper halves; x - x is +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeHalves Difference(Vector256<short> upper, Vector256<short> surplus)
    {
        var zero = Vector256<short>.Zero;
        return new(
            Avx2.UnpackLow(zero, upper).AsSingle() - Avx2.UnpackLow(zero, surplus).AsSingle(),
            Avx2.UnpackHigh(zero, upper).AsSingle() - Avx2.UnpackHigh(zero, surplus).AsSingle());
    }
}
