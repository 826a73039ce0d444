using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>8-bit codes, sign and magnitude. The magnitude is the unsigned operand, the sign moves to the activations; one
/// pair sum is at most 32,258.</summary>
internal readonly unsafe struct Codes8 : IBlockCodes512
{
    public static int RecordBytes => 1088;

    public static int PrefetchLines => 0;

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
}
