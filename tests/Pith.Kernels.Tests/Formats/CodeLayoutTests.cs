using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class CodeLayoutTests
{
    // Worked by hand from docs/reference/formats.md.
    [Fact]
    public void Pack_EightCodes_GivesTheDocumentedBytes()
    {
        ushort[] codes = [1, 2, 3, 4, 5, 6, 7, 0];
        Assert.Equal([0b_00_11_10_01, 0b_00_11_10_01], Packed(2, [.. codes.Select(code => (ushort)(code & 3))]));

        // Low bits 1 2 3 0 1 2 3 0, then high bits 0 0 0 1 1 1 1 0.
        Assert.Equal([0b_00_11_10_01, 0b_00_11_10_01, 0b_0111_1000], Packed(3, codes));
        Assert.Equal([0x21, 0x43, 0x65, 0x07], Packed(4, codes));

        // Low nibbles 1 2 3 4 5 6 7 0, then the fifth bits 1 0 0 0 0 0 0 1.
        Assert.Equal([0x21, 0x43, 0x65, 0x07, 0b_1000_0001], Packed(5, [17, 2, 3, 4, 5, 6, 7, 16]));

        // Four six-bit codes in three bytes: 000001 | 000010 << 6 | 000011 << 12 | 100000 << 18.
        Assert.Equal([0b_10_000001, 0b_0011_0000, 0b_100000_00], Packed(6, [1, 2, 3, 32]));

        // 1 | 2 << 7 | ... | 127 << 49.
        Assert.Equal([0x01, 0x01, 0, 0, 0, 0, 0b_1111_1110], Packed(7, [1, 2, 0, 0, 0, 0, 0, 127]));
        Assert.Equal([0xAB, 0xCD], Packed(8, [0xAB, 0xCD]));

        // Eight bits of each, then the ninth bits.
        Assert.Equal([0xAB, 0xCD, 0, 0, 0, 0, 0, 0, 0b_1000_0010], Packed(9, [0xAB, 0x1CD, 0, 0, 0, 0, 0, 0x100]));
        Assert.Equal([0xAB, 0xCD, 0x5E], Packed(12, [0xEAB, 0x5CD]));
        Assert.Equal([0xCD, 0xAB], Packed(16, [0xABCD]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void Unpack_BlocksOfAnyLength_GivesThePackedCodes(int bits)
    {
        var layout = new CodeLayout(bits);
        var random = new Random(bits);
        Assert.Equal(bits, layout.Planes.Sum());
        for (var length = 1; length < 40; length++)
        {
            const int blocks = 3;
            var row = new byte[layout.RowBytes(blocks, length)];
            var codes = new ushort[blocks][];
            for (var block = 0; block < blocks; block++)
            {
                codes[block] = [.. Enumerable.Range(0, length).Select(_ => (ushort)random.Next(1 << bits))];
                layout.Pack(codes[block], row, block);
            }

            for (var block = 0; block < blocks; block++)
            {
                var unpacked = new ushort[length];
                layout.Unpack(row, block, unpacked);
                Assert.Equal(codes[block], unpacked);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void BytePlanes_AnyCodes_AgreeWithTheLayout(int bits)
    {
        var layout = new CodeLayout(bits);
        var random = new Random(bits);
        foreach (var length in (int[])[16, 32, 48, 256])
        {
            byte[] codes = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(1 << bits))];
            var expected = new byte[layout.RowBytes(1, length)];
            layout.Pack([.. codes.Select(code => (ushort)code)], expected, 0);
            var packed = new byte[expected.Length];
            BytePlanes.Pack(codes, [.. layout.Planes], packed);
            Assert.Equal(expected, packed);
            var unpacked = new byte[length];
            Array.Fill(unpacked, (byte)0xFF);
            BytePlanes.Unpack(packed, [.. layout.Planes], unpacked);
            Assert.Equal(codes, unpacked);
        }
    }

    private static byte[] Packed(int bits, ushort[] codes)
    {
        var layout = new CodeLayout(bits);
        var row = new byte[layout.RowBytes(1, codes.Length)];
        layout.Pack(codes, row, 0);
        return row;
    }
}
