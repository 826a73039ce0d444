using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Integers of sign and magnitude, 2^16 times too large.</summary>
internal readonly unsafe struct SignMagnitudeHalves : ICodeHalves
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes)
    {
        var signed = Avx2.ConvertToVector256Int16((sbyte*)codes);
        return TwosComplementHalves.Widen(Avx2.Sign(signed & Vector256.Create((short)0x7F), signed));
    }
}
