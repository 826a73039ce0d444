using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>One 32-bit sum for each of 16 rows, in two vectors of 256 bits.</summary>
internal readonly struct Sums256(Vector256<int> low, Vector256<int> high)
{
    /// <summary>Rows 0–7.</summary>
    public readonly Vector256<int> Low = low;

    /// <summary>Rows 8–15.</summary>
    public readonly Vector256<int> High = high;
}
