using System.Numerics.Tensors;
using CsCheck;
using Pith.Kernels.Ops;

namespace Pith.Kernels.Tests.Ops;

public sealed class ElementwiseTests
{
    private static readonly Gen<(float[] A, float[] B)> s_rows =
        Gen.Int[1, 70].SelectMany(length => Gen.Select(Gen.Float[-90, 90].Array[length], Gen.Float[-90, 90].Array[length]));

    [Fact]
    public void All_AnyRows_GiveTheBitsOfTheLibrary() => s_rows.Sample((a, b) =>
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
        TensorPrimitives.Sigmoid(a, expected);
        Elementwise.Sigmoid(a, found);
        Assert.Equal(expected, found);
        TensorPrimitives.Subtract(a, TensorPrimitives.Max<float>(a), expected);
        TensorPrimitives.Exp(expected, expected);
        Elementwise.ExpFromLargest(a);
        Assert.Equal(expected, a);
    });

    [Fact]
    public void Add_OperandTooShort_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Elementwise.Add(new float[20], new float[19], new float[20]));
}
