using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Integers in two's complement, 2^16 times too large.</summary>
internal readonly unsafe struct TwosComplementHalves : ICodeHalves
{
    /// <summary>The power of two by which values are too large.</summary>
    public const int Shift = 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes) => Widen(Avx2.ConvertToVector256Int16((sbyte*)codes));

    /// <summary>Sixteen integers as floats, 2^16 times as large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeHalves Widen(Vector256<short> integers) => new(
        Vector256.ConvertToSingle(Avx2.UnpackLow(Vector256<short>.Zero, integers).AsInt32()),
        Vector256.ConvertToSingle(Avx2.UnpackHigh(Vector256<short>.Zero, integers).AsInt32()));
}
