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
        return new Codes256(
            Vector256.Load(codes), Vector256.Load(codes + 64), Vector256.Load(codes + 128), Vector256.Load(codes + 192));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(in Codes256 codes, int* x, Vector256<short> ones) =>
        Signed(codes.V0, x, 0, ones) + Signed(codes.V1, x, 1, ones) + (Signed(codes.V2, x, 2, ones) + Signed(codes.V3, x, 3, ones));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Signed(Vector256<byte> codes, int* x, int part, Vector256<short> ones)
    {
        var four = Vector256.Create(x[part]).AsSByte();
        var signed = Vector256.ConditionalSelect(Vector256.LessThan(codes.AsSByte(), Vector256<sbyte>.Zero), -four, four);
        var magnitude = codes & Vector256.Create((byte)0x7F);
        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, signed), ones);
    }
}
