using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>The units which the counts of four records are counted in: half 0 of lane r of what stands in front of them is the unit of the scales
/// in row r, half 1 that of the minima.</summary>
/// <remarks>A count has at most seven bits and a unit eleven, so that their product is exact in binary32. Opened, the units are binary32 numbers, first all
/// those of scales.</remarks>
internal static unsafe class CountUnits
{
    /// <summary>Records with the same units: 256 columns.</summary>
    public const int Records = 4;

    /// <summary>See <see cref="IBlockScales.Open"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Open(byte* extra, byte* room)
    {
        for (var which = 0; which < 2; which++)
        {
            var to = (float*)(room + (which * Tile.VectorBytes));
            if (Avx512F.IsSupported)
            {
                HalfScales.Numbers512(extra, which).Store(to);
            }
            else
            {
                HalfScales.Numbers256(extra, which).Store(to);
                HalfScales.Numbers256(extra + 32, which).Store(to + 8);
            }
        }

        return room;
    }

    /// <summary>Counts times the units of scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scales(Vector512<int> counts, byte* units) => Vector512.ConvertToSingle(counts) * Vector512.Load((float*)units);

    /// <summary>Counts times the units of scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales(Vector256<int> counts, byte* units) => Vector256.ConvertToSingle(counts) * Vector256.Load((float*)units);

    /// <summary>Counts times the units of minima.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minima(Vector512<int> counts, byte* units) => Scales(counts, units + Tile.VectorBytes);

    /// <summary>Counts times the units of minima.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minima(Vector256<int> counts, byte* units) => Scales(counts, units + Tile.VectorBytes);
}
