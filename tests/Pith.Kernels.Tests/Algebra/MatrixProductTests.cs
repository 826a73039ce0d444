using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class MatrixProductTests
{
    private static readonly Gen<(int Rows, int Inner, int Columns, int Seed)> s_shapes =
        Gen.Select(Gen.Int[1, 40], Gen.Frequency((4, Gen.Int[1, 40]), (1, Gen.Int[250, 530])), Gen.Int[1, 40], Gen.Int[0, 1_000_000]);

    [Fact]
    public void Add_AnyShape_AgreesWithTheReference() => s_shapes.Sample(shape =>
    {
        var (a, b) = Operands(shape);
        var c = Samples.Normal(shape.Rows, shape.Columns, shape.Seed + 2);
        var before = c.View.ToMatrix();
        MatrixProduct.Add(c.View, -1, a.View, b.View, new Workers(2));
        var expected = AlgebraReference.Multiply(a.View, b.View);
        for (var i = 0; i < shape.Rows; i++)
        {
            for (var j = 0; j < shape.Columns; j++)
                Assert.Equal(before[i, j] - expected[i, j], c[i, j], Bound(a, b, i, j));
        }
    });

    [Fact]
    public void Add_TransposedAndReversedViews_GiveTheBitsOfCopies() => s_shapes.Sample(shape =>
    {
        var (a, b) = Operands(shape);
        var expected = MatrixProduct.Of(a.View, b.View, Workers.Single);
        var (ta, tb) = (a.View.Transposed.ToMatrix(), b.View.Reversed.ToMatrix());
        var c = new Matrix(shape.Columns, shape.Rows);
        MatrixProduct.Add(c.View.Transposed.Reversed, 1, ta.View.Transposed.RowsReversed, tb.View.Reversed.Transposed.RowsReversed.Transposed, Workers.Single);
        Assert.Equal(expected.Values, c.View.Transposed.ToMatrix().Values);
    });

    [Fact]
    public void Add_TriangularA_ReadsNothingElse() => s_shapes.Sample(shape =>
    {
        var n = shape.Rows;
        var a = Samples.Normal(n, n, shape.Seed);
        var b = Samples.Normal(n, shape.Columns, shape.Seed + 1);
        foreach (var part in new[] { Triangle.Lower, Triangle.Upper })
        {
            var (poisoned, cleared) = (a.View.ToMatrix(), a.View.ToMatrix());
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    if (part == Triangle.Lower ? j > i : j < i)
                        (poisoned[i, j], cleared[i, j]) = (double.NaN, 0);
                }
            }

            var c = new Matrix(n, shape.Columns);
            MatrixProduct.Add(c.View, 1, poisoned.View, b.View, new Workers(3), part);
            Assert.Equal(MatrixProduct.Of(cleared.View, b.View, Workers.Single).Values, c.Values);
        }
    });

    [Fact]
    public void Add_LowerTriangleOfC_LeavesTheRestAlone() => s_shapes.Sample(shape =>
    {
        var a = Samples.Normal(shape.Rows, shape.Inner, shape.Seed);
        var whole = MatrixProduct.Of(a.View, a.View.Transposed, Workers.Single);
        var c = new Matrix(shape.Rows, shape.Rows);
        MatrixProduct.Add(c.View, 1, a.View, a.View.Transposed, new Workers(2), partOfC: Triangle.Lower);
        for (var i = 0; i < shape.Rows; i++)
        {
            for (var j = 0; j < shape.Rows; j++)
                Assert.Equal(j <= i ? whole[i, j] : 0, c[i, j]);
        }
    });

    [Fact]
    public void Add_ManyThreads_GivesTheSameBitsAsOne()
    {
        var (a, b) = (Samples.Normal(301, 517, 1), Samples.Normal(517, 203, 2));
        var one = MatrixProduct.Of(a.View, b.View, Workers.Single);
        Assert.Equal(one.Values, MatrixProduct.Of(a.View, b.View, new Workers(2)).Values);
        Assert.Equal(one.Values, MatrixProduct.Of(a.View, b.View, new Workers(7)).Values);
    }

    [Fact]
    public void Add_WideOrTall_GivesTheBitsOfItsParts()
    {
        var (a, b) = (Samples.Normal(5, 300, 1), Samples.Normal(300, 2100, 2));
        var whole = MatrixProduct.Of(a.View, b.View, new Workers(2));
        var row = MatrixProduct.Of(a.View.RowRange(3, 1), b.View.Slice(0, 300, 2049, 51), Workers.Single);
        Assert.Equal(row.Values, whole.Row(3).Slice(2049, 51).ToArray());
    }

    [Fact]
    public unsafe void Multiply_NarrowVectors_GivesTheSameBitsAsWide()
    {
        const int depth = 77;
        var (a, b) = (Samples.Normal(depth, ProductTile.Rows, 1), Samples.Normal(depth, 16, 2));
        var (left, right) = (b.View.Slice(0, depth, 0, 8).ToMatrix(), b.View.Slice(0, depth, 8, 8).ToMatrix());
        double[] wide = new double[96], narrow = new double[48];
        fixed (double* pa = a.Values, pb = b.Values, pLeft = left.Values, pRight = right.Values, pWide = wide, pNarrow = narrow)
        {
            ProductTile.Multiply512(pa, pb, depth, pWide);
            foreach (var (half, first) in new[] { ((nint)pLeft, 0), ((nint)pRight, 8) })
            {
                ProductTile.Multiply256(pa, (double*)half, depth, pNarrow);
                for (var i = 0; i < ProductTile.Rows; i++)
                    Assert.Equal(narrow.AsSpan(i * 8, 8).ToArray(), wide.AsSpan((i * 16) + first, 8).ToArray());
            }
        }
    }

    [Fact]
    public void Add_EmptyContraction_ChangesNothing()
    {
        var c = Samples.Normal(3, 4, 1);
        var before = c.View.ToMatrix();
        MatrixProduct.Add(c.View, 1, new Matrix(3, 0).View, new Matrix(0, 4).View, Workers.Single);
        Assert.Equal(before.Values, c.Values);
    }

    [Fact]
    public void Add_ShapesThatDoNotFit_AreRefused()
    {
        var c = new Matrix(2, 3).View;
        Assert.Throws<ArgumentException>(() => MatrixProduct.Add(c, 1, new Matrix(2, 4).View, new Matrix(5, 3).View, Workers.Single));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Add(c, 1, new Matrix(3, 4).View, new Matrix(4, 3).View, Workers.Single));
        Assert.Throws<ArgumentException>(
            () => MatrixProduct.Add(c, 1, new Matrix(2, 4).View, new Matrix(4, 3).View, Workers.Single, partOfC: Triangle.Upper));
        Assert.Throws<ArgumentOutOfRangeException>(() => c.Slice(1, 2, 0, 1));
    }

    [Fact]
    public void Add_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() => MatrixProduct.Add(
        new Matrix(2, 2).View, 1, new Matrix(2, 2).View, new Matrix(2, 2).View, Workers.Single, cancellation: new CancellationToken(canceled: true)));

    // Any order of summation errs by at most n · u · Σ|x·y| (Higham, Accuracy and Stability, eq. 3.5), here twice, plus the last addition.
    private static double Bound(Matrix a, Matrix b, int row, int column)
    {
        var magnitude = 4.0;
        for (var k = 0; k < a.Columns; k++)
            magnitude += Math.Abs(a[row, k] * b[k, column]);
        return ((2 * a.Columns) + 4) * Samples.Unit * magnitude;
    }

    private static (Matrix A, Matrix B) Operands((int Rows, int Inner, int Columns, int Seed) shape) =>
        (Samples.Normal(shape.Rows, shape.Inner, shape.Seed), Samples.Normal(shape.Inner, shape.Columns, shape.Seed + 1));
}
