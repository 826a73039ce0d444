using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>An eight-bit float without sign for each block, 2^(e-10) · (1 + m/8): byte k of lane r is the scale of block k in row r, e above m.</summary>
/// <remarks>E4M3 scales have no negative numbers here, so that their sign bit is a fifth exponent bit, for which subnormal numbers are normal.
/// Zero has no code; blocks of a scale of zero have codes of zero.</remarks>
internal readonly unsafe struct SmallScales : IBlockScales
{
    private const int MantissaBits = 3;
    private const int Field = 0x0FF00000;
    private const byte NaN = 0x7F;

    public static int RecordsPerExtra => 0;

    public static int BlocksPerMinimum => 0;

    public static bool IsNumber => false;

    public static int Bias => 10;

    public static ushort Neutral => 0x5050;

    public static ushort Typical => 0x3434;

    public static Vector256<byte> Fields(Vector256<byte> scales) =>
        ((scales.AsUInt16() >>> MantissaBits) & Vector256.Create((ushort)0x1F1F)).AsByte();

    public static byte* Open(byte* extra, byte* room) => room;

    /// <summary>The byte that says what a positive E4M3 number says.</summary>
    /// <param name="code">The number, 1 … 0x7E.</param>
    public static byte Stored(byte code)
    {
        var (exponent, mantissa) = (code >> MantissaBits, code & 7);
        if (exponent > 0)
            return (byte)(((exponent - 7 + Bias) << MantissaBits) | mantissa);

        // m · 2^-9 = 2^(k-9) · (1 + (m - 2^k) / 2^k).
        var leading = int.Log2(mantissa);
        return (byte)(((leading - 9 + Bias) << MantissaBits) | ((mantissa << (MantissaBits - leading)) & 7));
    }

    /// <summary>Whether a stored E4M3 byte is a number that is zero or positive.</summary>
    public static bool IsScale(byte code) => code < NaN;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block)
    {
        var bytes = Vector512.Load((int*)scales);
        return block switch { 0 => bytes << 20, 1 => bytes << 12, 2 => bytes << 4, _ => bytes >>> 4 } & Vector512.Create(Field);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block)
    {
        var bytes = Vector256.Load((int*)scales);
        return block switch { 0 => bytes << 20, 1 => bytes << 12, 2 => bytes << 4, _ => bytes >>> 4 } & Vector256.Create(Field);
    }

    public static int Load(byte* scales, byte* extra, int block) => scales[block] << 20;

    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => default;

    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => default;

    public static float Minimum(byte* scales, byte* extra, int block) => 0;
}
