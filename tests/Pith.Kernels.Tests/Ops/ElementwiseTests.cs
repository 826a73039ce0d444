using System.Numerics.Tensors;
using CsCheck;
using Pith.Kernels.Ops;

namespace Pith.Kernels.Tests.Ops;

public sealed class ElementwiseTests
{
    private static readonly Gen<(float[] A, float[] B)> s_rows =
        Gen.Int[1, 70].SelectMany(length => Gen.Select(Gen.Float[-90, 90].Array[length], Gen.Float[-90, 90].Array[length]));

    [Fact]
    public void SumsAndProducts_AnyRows_GiveTheBitsOfTheLibrary() => s_rows.Sample((a, b) =>
    {
        var (expected, found) = (new float[a.Length], new float[a.Length]);
        TensorPrimitives.Add(a, b, expected);
        Elementwise.Add(a, b, found);
        Assert.Equal(expected, found);
        TensorPrimitives.Multiply(a, b, expected);
        Elementwise.Multiply(a, b, found);
        Assert.Equal(expected, found);
        TensorPrimitives.Multiply(a, b[0], expected);
        Elementwise.Multiply(a, b[0], found);
        Assert.Equal(expected, found);
    });

    // Half a unit in the last place, and a part in a million of one for the double arithmetic before it; below 2^-126 the unit is 2^-149.
    [Fact]
    public void ExpFromLargest_AnyRow_IsTheNearestFloat() => s_rows.Sample((a, _) =>
    {
        var found = a.ToArray();
        Elementwise.ExpFromLargest(found);
        var largest = a.Max();
        for (var i = 0; i < a.Length; i++)
        {
            var exact = Math.Exp((double)(a[i] - largest));
            var unit = Math.Max(Math.ScaleB(1, Math.ILogB(exact) - 23), Math.ScaleB(1, -149));
            Assert.InRange(found[i], exact - (0.500001 * unit), exact + (0.500001 * unit));
        }
    });

    // At a distance of 700 its two roundings and that of n·ln 2 are each 2^-43.5, relative to e^x.
    [Fact]
    public void ExpOfDistance_AnyRow_IsNearTheFunction() => s_rows.Sample((a, b) =>
    {
        var (largest, divisor) = (a.Max(), 0.01 + Math.Abs(b[0]));
        var found = new double[a.Length];
        Elementwise.ExpOfDistance(a, largest, divisor, found);
        for (var i = 0; i < a.Length; i++)
        {
            var distance = ((double)a[i] - largest) / divisor;
            var exact = distance > -700 ? Math.Exp(distance) : 0;
            Assert.InRange(found[i], exact - Math.ScaleB(exact, -41), exact + Math.ScaleB(exact, -41));
        }
    });

    [Fact]
    public void ExpOfDistance_Extremes_AreAsTheFunction()
    {
        var found = new double[9];
        Elementwise.ExpOfDistance([float.NegativeInfinity, 2, -900, 2, 2, 2, 2, 2, float.NegativeInfinity], 2, 1, found);
        Assert.Equal([0, 1, 0, 1, 1, 1, 1, 1, 0], found);
        Elementwise.ExpOfDistance([1, 2, 1, 2, 2, 2, 2, 2, 1], 2, double.Epsilon, found);
        Assert.Equal([0, 1, 0, 1, 1, 1, 1, 1, 0], found);
    }

    // e^-x, the sum with one and the quotient round once each: three halves of a unit, and the sum's is at most doubled relative to 1 + e^-x.
    // Below 2^-128 e^-x is infinite, and the result 0.
    [Fact]
    public void Sigmoid_AnyRow_IsWithinTwoUnits() => s_rows.Sample((a, _) =>
    {
        var found = new float[a.Length];
        Elementwise.Sigmoid(a, found);
        for (var i = 0; i < a.Length; i++)
        {
            var exact = 1 / (1 + Math.Exp(-(double)a[i]));
            var unit = Math.Max(Math.ScaleB(exact, -23), Math.ScaleB(1, -129));
            Assert.InRange(found[i], exact - (2 * unit), exact + (2 * unit));
        }
    });

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void ExpFromLargest_Extremes_AreAsTheFunction(int length)
    {
        var row = new float[length];
        (row[1], row[2]) = (float.NegativeInfinity, -200);
        Elementwise.ExpFromLargest(row);
        Assert.Equal([1f, 0f, 0f], row[..3]);
        row[1] = float.NaN;
        Elementwise.ExpFromLargest(row);
        Assert.All(row, element => Assert.True(float.IsNaN(element)));
    }

    [Fact]
    public void Add_OperandTooShort_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Elementwise.Add(new float[20], new float[19], new float[20]));
}
