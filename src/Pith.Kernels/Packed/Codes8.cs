using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>8-bit codes, sign and magnitude. The magnitude is the unsigned operand, the sign moves to the activations; one
/// pair sum is at most 32,258.</summary>
internal readonly unsafe struct Codes8 : IBlockCodes
{
    public static int RecordBytes => 1088;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table)
    {
        var codes = record + (block * 256);
        return new Codes512(
            Vector512.Load(codes), Vector512.Load(codes + 64), Vector512.Load(codes + 128), Vector512.Load(codes + 192));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) =>
        Signed(codes.V0, x, 0, ones) + Signed(codes.V1, x, 1, ones) + (Signed(codes.V2, x, 2, ones) + Signed(codes.V3, x, 3, ones));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Signed(Vector512<byte> codes, int* x, int part, Vector512<short> ones)
    {
        var four = Vector512.Create(x[part]).AsSByte();
        var signed = Vector512.ConditionalSelect(Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero), -four, four);
        var magnitude = codes & Vector512.Create((byte)0x7F);
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(magnitude, signed), ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table)
    {
        var codes = record + (block * 256) + (half * 32);
        var magnitude = Vector256.Create((byte)0x7F);
        return new Codes256(
            Vector256.Load(codes) & magnitude,
            Vector256.Load(codes + 64) & magnitude,
            Vector256.Load(codes + 128) & magnitude,
            Vector256.Load(codes + 192) & magnitude);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x)
    {
        var four = Codes4.Four(x, 0);
        var l = Signed(low.V0, four, signs);
        var h = Signed(high.V0, four, signs + 32);
        four = Codes4.Four(x, 1);
        l += Signed(low.V1, four, signs + 64);
        h += Signed(high.V1, four, signs + 96);
        four = Codes4.Four(x, 2);
        l += Signed(low.V2, four, signs + 128);
        h += Signed(high.V2, four, signs + 160);
        four = Codes4.Four(x, 3);
        l += Signed(low.V3, four, signs + 192);
        h += Signed(high.V3, four, signs + 224);
        return new Sums256(l, h);
    }

    // Where the code is zero, which no sign bit says, vpsignb gives zero; so does the product.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Signed(Vector256<byte> magnitude, Vector256<sbyte> four, byte* code) =>
        Codes4.AddPairs(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(four, Vector256.Load((sbyte*)code))));
}
