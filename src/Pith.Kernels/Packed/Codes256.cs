using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>Eight rows of the codes of a block, unpacked to bytes: vector v holds columns 4v … 4v+3 of row r in lane r.</summary>
internal readonly struct Codes256(Vector256<byte> v0, Vector256<byte> v1, Vector256<byte> v2, Vector256<byte> v3)
{
    public readonly Vector256<byte> V0 = v0;
    public readonly Vector256<byte> V1 = v1;
    public readonly Vector256<byte> V2 = v2;
    public readonly Vector256<byte> V3 = v3;
}
