using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats.Ggml;

public sealed class GgmlVectorsTests
{
    [Fact]
    public void ReadHalf_EveryBitPattern_EqualsTheConversion()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            var found = GgmlVectors.ReadHalf([0, (byte)(bits & 0xFF), (byte)(bits >> 8)], 1);
            Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(found));
        }
    }
}
