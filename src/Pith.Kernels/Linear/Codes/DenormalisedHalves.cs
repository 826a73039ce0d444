using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Linear;

/// <summary>Denormalised minifloats (DMF): the number with an implicit one, less its power of two.</summary>
/// <param name="exponentBits">E.</param>
/// <param name="mantissaBits">M.</param>
internal readonly unsafe struct DenormalisedHalves(int exponentBits, int mantissaBits) : ICodeHalves
{
    private const short One = 1 << 7;
    private const short SignAndExponent = unchecked((short)0xFF80);

    private readonly FloatHalves plain = new(exponentBits, mantissaBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes)
    {
        var upper = plain.Fields(codes) + Vector256.Create((short)(SubnormalHalves.Offset * One));
        return SubnormalHalves.Difference(upper, upper & Vector256.Create(SignAndExponent));
    }
}
