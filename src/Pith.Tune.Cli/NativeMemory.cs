using System.Runtime.InteropServices;

namespace Pith.Tune.Cli;

/// <summary>Tells the C allocator to keep the pages it frees.</summary>
/// <remarks>Every operation of torch allocates its result, here often 8 to 32 MB. By default glibc maps such a block anew each time
/// and the kernel clears it; keeping the pages made training 1.1 to 1.4 times as fast in a trial.</remarks>
internal static partial class NativeMemory
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    /// <summary>Sets the thresholds; does nothing where the C library has no such call.</summary>
    public static void KeepFreedPages()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // 32 MB is the highest threshold that glibc accepts.
            _ = SetOption(MapThreshold, 32 << 20);
            _ = SetOption(TrimThreshold, 1 << 30);
            _ = SetOption(TopPad, 64 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // musl: training works, only slower.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
