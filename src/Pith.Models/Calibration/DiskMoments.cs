using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>Second moments in a stretch of a scratch file: a stripe is read, added to and written back.</summary>
/// <remarks>The system keeps in its cache what there is memory for. A stripe has at most 64 rows: 5.6 MB of an input of 11,008.</remarks>
internal sealed class DiskMoments(SafeFileHandle file, long offset) : MomentSums
{
    public override void AddStripe(ReadOnlySpan<float> transposed, int tokens, int first, int end)
    {
        var length = (int)(SecondMoment.Start(end) - SecondMoment.Start(first));
        var buffer = ArrayPool<double>.Shared.Rent(length);
        var stripe = buffer.AsSpan(0, length);
        Read(SecondMoment.Start(first), stripe);
        SecondMoment.AddStripe(transposed, tokens, first, end, stripe);
        Write(SecondMoment.Start(first), stripe);
        ArrayPool<double>.Shared.Return(buffer);
    }

    public override void Read(long start, Span<double> destination)
    {
        var bytes = MemoryMarshal.AsBytes(destination);
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes[read..], offset + (start * sizeof(double)) + read);
            if (count == 0)
                throw new EndOfStreamException($"expected {bytes.Length} bytes of scratch, found {read}");
            read += count;
        }
    }

    public override void Write(long start, ReadOnlySpan<double> values) =>
        RandomAccess.Write(file, MemoryMarshal.AsBytes(values), offset + (start * sizeof(double)));
}
