using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Measure;

/// <summary>The plainest possible reading of memory: what the kernels' bytes per second are compared with.</summary>
internal static unsafe class ReadProbe
{
    /// <summary>Reads every byte once in 512-bit loads.</summary>
    /// <param name="start">Aligned to 64 bytes.</param>
    /// <param name="bytes">A multiple of 256.</param>
    /// <returns>A number that depends on every byte, so that no load can be left out.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long Read(byte* start, long bytes)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (var end = start + bytes; start < end; start += 256)
        {
            a += Vector512.Load((long*)start);
            b += Vector512.Load((long*)(start + 64));
            c += Vector512.Load((long*)(start + 128));
            d += Vector512.Load((long*)(start + 192));
        }

        return Vector512.Sum(a + b + (c + d));
    }
}
