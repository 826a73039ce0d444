using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>4-bit codes through a table of signs and magnitudes up to 127, multiplied as <see cref="Codes8"/> does.</summary>
internal readonly unsafe struct CodesUneven4 : IBlockCodes
{
    public static int RecordBytes => 576;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table) => CodesTable4.Load(record, block, table);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) => Codes8.Dot(codes, x, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table) => CodesTable4.Load(record, block, half, table);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x)
    {
        var four = Codes4.Four(x, 0);
        var l = Signed(low.V0, four);
        var h = Signed(high.V0, four);
        four = Codes4.Four(x, 1);
        l += Signed(low.V1, four);
        h += Signed(high.V1, four);
        four = Codes4.Four(x, 2);
        l += Signed(low.V2, four);
        h += Signed(high.V2, four);
        four = Codes4.Four(x, 3);
        l += Signed(low.V3, four);
        h += Signed(high.V3, four);
        return new Sums256(l, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Signed(Vector256<byte> code, Vector256<sbyte> four) =>
        Codes4.AddPairs(Avx2.MultiplyAddAdjacent(code & Vector256.Create((byte)0x7F), Avx2.Sign(four, code.AsSByte())));
}
