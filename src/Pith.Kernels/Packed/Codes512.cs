using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>The 16 × 16 codes of a block, unpacked to bytes: vector v holds columns 4v … 4v+3 of row r in lane r.</summary>
internal readonly struct Codes512(Vector512<byte> v0, Vector512<byte> v1, Vector512<byte> v2, Vector512<byte> v3)
{
    public readonly Vector512<byte> V0 = v0;
    public readonly Vector512<byte> V1 = v1;
    public readonly Vector512<byte> V2 = v2;
    public readonly Vector512<byte> V3 = v3;
}
