using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>Writes records of 16 rows × 64 columns from codes, one a byte, in 256-bit vectors.</summary>
/// <remarks>A code becomes that of a record by table look-ups of 16 entries, or by arithmetic where that gives the same; then four transposes of 8 × 8 lanes of four codes bring
/// the columns of a block side by side.</remarks>
internal sealed unsafe class RecordWriter256(InterleavedMatrix matrix, byte[] map, int codeBits) : IRecordWriter
{
    private const int Lanes = 8;
    private const int TableSize = 16;

    // A code with another upper nibble passes 0x7F, for which a look-up gives zero.
    private const byte BeyondTable = 0x70;
    private const byte SignBit = 0x80;

    private readonly int tables = codeBits <= 4 ? 1 : 1 << (codeBits - 4);

    // Sixteen look-ups take longer than all the rest: bytes in two's complement become sign and magnitude by themselves.
    private readonly bool isTwosComplement = codeBits == 8 && Enumerable.Range(0, 256).All(code => map[code] == (byte)(Math.Abs((int)(sbyte)code) | (code & SignBit)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public bool Write(byte* record, byte* codes, byte* exponents, int stride)
    {
        var mapped = stackalloc byte[(Tile.Rows * Tile.Columns) + Tile.VectorBytes];
        mapped = Tile.Align(mapped);
        var (bytes, bits, isPower, each) = (Tile.RecordBytes(matrix.View.CodeBits), matrix.View.CodeBits, matrix.View.Scales.IsPower, matrix.View.Scales.RecordsPerExtra);
        var zero = Vector256.Create(map[0]);
        fixed (byte* table = map)
        {
            for (var index = 0; index < matrix.RecordsPerGroup; index++)
            {
                if (each > 0 && index % each == 0)
                    record += Tile.ExtraBytes;
                var own = record + bytes - Tile.ExponentBytes;
                var unknown = Vector256<byte>.Zero;
                for (var lane = 0; lane < Tile.Rows; lane++)
                {
                    var from = codes + (lane * stride) + (index * Tile.Columns);
                    var first = Map(Vector256.Load(from), table);
                    var second = Map(Vector256.Load(from + 32), table);
                    first.Store(mapped + (lane * Tile.Columns));
                    second.Store(mapped + (lane * Tile.Columns) + 32);
                    unknown |= Vector256.Equals(first, Vector256.Create(IRecordWriter.Unknown)) | Vector256.Equals(second, Vector256.Create(IRecordWriter.Unknown));
                    var zeros = Vector256.Equals(first, zero).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(second, zero).ExtractMostSignificantBits() << 32);
                    *(uint*)(own + (4 * lane)) = IRecordWriter.Exponents(
                        *(uint*)(exponents + (lane * stride / Tile.BlockColumns) + (index * Tile.Blocks)), isPower ? zeros : 0);
                }

                if (bits == 8 && unknown != Vector256<byte>.Zero)
                    return false;
                for (var quarter = 0; quarter < 4; quarter++)
                    WriteQuarter(record, (int*)mapped, quarter / 2, quarter % 2, bits);
                record += bytes;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Map(Vector256<byte> code, byte* table)
    {
        if (isTwosComplement)
            return Avx2.Abs(code.AsSByte()) | (code & Vector256.Create(SignBit));
        var mapped = Look(code, table);
        for (var i = 1; i < tables; i++)
            mapped |= Look(code ^ Vector256.Create((byte)(i * TableSize)), table + (i * TableSize));
        return mapped;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Look(Vector256<byte> code, byte* table) => Avx2.Shuffle(
        Avx2.BroadcastVector128ToVector256(table), Avx2.AddSaturate(code, Vector256.Create(BeyondTable)));

    // Rows 8·half … 8·half + 7, and of their sixteen groups of four columns those from 8·side on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteQuarter(byte* record, int* rows, int half, int side, int bits)
    {
        var from = rows + (half * Lanes * Tile.Rows) + (side * Lanes);
        var (a0, a1) = Pairs(from);
        var (a2, a3) = Pairs(from + (2 * Tile.Rows));
        var (a4, a5) = Pairs(from + (4 * Tile.Rows));
        var (a6, a7) = Pairs(from + (6 * Tile.Rows));
        var (b0, b1, b2, b3) = (Low(a0, a2), High(a0, a2), Low(a1, a3), High(a1, a3));
        var (b4, b5, b6, b7) = (Low(a4, a6), High(a4, a6), Low(a5, a7), High(a5, a7));
        var to = record + (half * 32);
        Four(to, 2 * side, bits, Avx2.Permute2x128(b0, b4, 0x20), Avx2.Permute2x128(b1, b5, 0x20), Avx2.Permute2x128(b2, b6, 0x20), Avx2.Permute2x128(b3, b7, 0x20));
        Four(to, (2 * side) + 1, bits, Avx2.Permute2x128(b0, b4, 0x31), Avx2.Permute2x128(b1, b5, 0x31), Avx2.Permute2x128(b2, b6, 0x31), Avx2.Permute2x128(b3, b7, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Low, Vector256<int> High) Pairs(int* row)
    {
        var (first, second) = (Vector256.Load(row), Vector256.Load(row + Tile.Rows));
        return (Avx2.UnpackLow(first, second), Avx2.UnpackHigh(first, second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Low(Vector256<int> a, Vector256<int> b) => Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> High(Vector256<int> a, Vector256<int> b) => Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt32();

    // The four vectors of a block; see Tile for where their bits go.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(byte* to, int block, int bits, Vector256<int> v0, Vector256<int> v1, Vector256<int> v2, Vector256<int> v3)
    {
        if (bits == 8)
        {
            var codes = to + (block * 4 * Tile.VectorBytes);
            v0.Store((int*)codes);
            v1.Store((int*)(codes + 64));
            v2.Store((int*)(codes + 128));
            v3.Store((int*)(codes + 192));
            return;
        }

        if (bits < 4)
        {
            Pairs(v0, v1, v2, v3, 0).Store((int*)(to + (block * Tile.VectorBytes)));
        }
        else
        {
            var nibble = Vector256.Create(0x0F0F0F0F);
            var low = to + (block * 2 * Tile.VectorBytes);
            ((v0 & nibble) | ((v1 & nibble) << 4)).Store((int*)low);
            ((v2 & nibble) | ((v3 & nibble) << 4)).Store((int*)(low + 64));
        }

        if (bits == 6)
            Pairs(v0, v1, v2, v3, 4).Store((int*)(to + Tile.UpperOfNibbles + (block * Tile.VectorBytes)));
        if (bits is not (3 or 5))
            return;

        // Two blocks share a vector; the first one writes it.
        var plane = (int*)(to + (bits == 3 ? Tile.UpperOfPairs : Tile.UpperOfNibbles) + (block / 2 * Tile.VectorBytes));
        var one = Vector256.Create(0x01010101);
        var (t, at) = (bits - 1, block % 2 * 4);
        var upper = ((v0 >>> t) & one) | (((v1 >>> t) & one) << 1) | (((v2 >>> t) & one) << 2) | (((v3 >>> t) & one) << 3);
        (at == 0 ? upper : (upper << at) | Vector256.Load(plane)).Store(plane);
    }

    // Two bits of each code from one on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pairs(Vector256<int> v0, Vector256<int> v1, Vector256<int> v2, Vector256<int> v3, int from)
    {
        var pair = Vector256.Create(0x03030303);
        return ((v0 >>> from) & pair) | (((v1 >>> from) & pair) << 2) | (((v2 >>> from) & pair) << 4) | (((v3 >>> from) & pair) << 6);
    }
}
