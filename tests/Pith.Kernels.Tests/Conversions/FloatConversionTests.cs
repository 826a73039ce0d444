using System.Runtime.InteropServices;
using CsCheck;
using Pith.Kernels.Conversions;

namespace Pith.Kernels.Tests.Conversions;

public sealed class FloatConversionTests
{
    private static readonly Gen<float[]> Rows = Gen.UInt.Select(BitConverter.UInt32BitsToSingle).Array[0, 100];

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(1.00390625f, 0x3F80)] // 1 + 2^-8: halfway, to even
    [InlineData(1.01171875f, 0x3F82)] // 1 + 3 * 2^-8: halfway, to even
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    public void ToBFloat16_KnownNumber_GivesItsBits(float value, int bits) =>
        Assert.Equal((ushort)bits, FloatConversion.ToBFloat16(value));

    [Fact]
    public void ToBFloat16_AnyNumber_IsNoFartherThanItsNeighbours() => Gen.Float.Where(float.IsFinite).Sample(value =>
    {
        var bits = FloatConversion.ToBFloat16(value);
        var rounded = FloatConversion.FromBFloat16(bits);
        if (float.IsInfinity(rounded))
            return; // beyond the largest bfloat16 there is no neighbour to compare with
        var error = Math.Abs((double)rounded - value);
        foreach (var neighbour in new[] { unchecked((ushort)(bits + 1)), unchecked((ushort)(bits - 1)) }.Select(FloatConversion.FromBFloat16))
            Assert.False(Math.Abs((double)neighbour - value) < error);
    });

    [Fact]
    public void FromBFloat16_Row_EqualsTheScalarMethod() => Gen.UShort.Array[0, 100].Sample(codes =>
    {
        var numbers = new float[codes.Length];
        FloatConversion.FromBFloat16(MemoryMarshal.AsBytes(codes.AsSpan()), numbers);
        Assert.Equal(codes.Select(FloatConversion.FromBFloat16).Select(BitConverter.SingleToUInt32Bits), numbers.Select(BitConverter.SingleToUInt32Bits));
    });

    [Fact]
    public void ToBFloat16_Row_EqualsTheScalarMethod() => Rows.Sample(numbers =>
    {
        var codes = new ushort[numbers.Length];
        FloatConversion.ToBFloat16(numbers, MemoryMarshal.AsBytes(codes.AsSpan()));
        Assert.Equal(numbers.Select(FloatConversion.ToBFloat16), codes);
    });

    [Fact]
    public void Float16_AllCodes_ReadAsTheRuntimeReadsThemAndComeBack()
    {
        var codes = Enumerable.Range(0, 65536).Select(code => (ushort)code).Where(code => !Half.IsNaN(BitConverter.UInt16BitsToHalf(code))).ToArray();
        var numbers = new float[codes.Length];
        FloatConversion.FromFloat16(MemoryMarshal.AsBytes(codes.AsSpan()), numbers);
        Assert.Equal(codes.Select(code => (float)BitConverter.UInt16BitsToHalf(code)), numbers);
        var back = new ushort[codes.Length];
        FloatConversion.ToFloat16(numbers, MemoryMarshal.AsBytes(back.AsSpan()));
        Assert.Equal(codes, back);
    }

    [Fact]
    public void IsBFloat16_Row_IsWhatRoundingSays() => Rows.Where(row => !row.Any(float.IsNaN)).Sample(numbers =>
    {
        Assert.Equal(numbers.All(value => FloatConversion.FromBFloat16(FloatConversion.ToBFloat16(value)).Equals(value)), FloatConversion.IsBFloat16(numbers));
        var rounded = numbers.Select(value => FloatConversion.FromBFloat16(FloatConversion.ToBFloat16(value))).ToArray();
        Assert.True(FloatConversion.IsBFloat16(rounded));
    });

    [Fact]
    public void IndexOfNonFinite_Row_IsTheFirst() => Gen.Select(Gen.Float.Where(float.IsFinite).Array[0, 70], Gen.Int[0, 69], Gen.OneOf(float.NaN, float.PositiveInfinity, float.NegativeInfinity)).Sample((row, at, bad) =>
    {
        Assert.Equal(-1, FloatConversion.IndexOfNonFinite(row));
        if (at >= row.Length)
            return;
        row[at] = bad;
        row[^1] = float.NaN;
        Assert.Equal(Math.Min(at, row.Length - 1), FloatConversion.IndexOfNonFinite(row));
    });

    [Fact]
    public void IndexOfNonFinite_RowOf16Bits_IsTheFirst() => Gen.UShort.Array[0, 70].Sample(codes =>
    {
        var bytes = MemoryMarshal.AsBytes(codes.AsSpan());
        Assert.Equal(Array.FindIndex(codes, code => !float.IsFinite(FloatConversion.FromBFloat16(code))), FloatConversion.IndexOfNonFiniteBFloat16(bytes));
        Assert.Equal(Array.FindIndex(codes, code => !Half.IsFinite(BitConverter.UInt16BitsToHalf(code))), FloatConversion.IndexOfNonFiniteFloat16(bytes));
    });

    [Fact]
    public void ToBFloat16_WrongLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => FloatConversion.ToBFloat16(new float[3], new byte[5]));
        Assert.Throws<ArgumentException>(() => FloatConversion.FromFloat16(new byte[5], new float[2]));
    }
}
