using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Codes of up to four bits: a table of bfloat16 numbers, which hold every value that has so few bits, looked up byte by byte.</summary>
internal readonly unsafe struct TableHalves : ICodeHalves
{
    private readonly Vector256<byte> lower;
    private readonly Vector256<byte> upper;

    /// <summary>A table.</summary>
    /// <param name="values">At most sixteen numbers of at most eight significant bits; the first is zero.</param>
    public TableHalves(ReadOnlySpan<float> values)
    {
        var (low, high) = (Vector128<byte>.Zero, Vector128<byte>.Zero);
        for (var code = 0; code < values.Length; code++)
        {
            var bits = BitConverter.SingleToInt32Bits(values[code]) >> 16;
            (low, high) = (low.WithElement(code, (byte)bits), high.WithElement(code, (byte)(bits >> 8)));
        }

        (lower, upper) = (Vector256.Create(low, low), Vector256.Create(high, high));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeHalves Decode(byte* codes)
    {
        // A code of zero, as in the other byte, finds a zero.
        var even = Avx2.ConvertToVector256Int16(codes);
        var odd = even << 8;
        var words = (Avx2.Shuffle(lower, even.AsByte()) | Avx2.Shuffle(upper, odd.AsByte())).AsInt16();
        return new(Avx2.UnpackLow(Vector256<short>.Zero, words).AsSingle(), Avx2.UnpackHigh(Vector256<short>.Zero, words).AsSingle());
    }
}
