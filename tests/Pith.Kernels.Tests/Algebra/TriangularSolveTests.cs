using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class TriangularSolveTests
{
    private static readonly Gen<(int N, int Columns, int Seed)> s_shapes = Gen.Select(Gen.Int[1, 150], Gen.Int[1, 40], Gen.Int[0, 1_000_000]);

    [Fact]
    public void Lower_AnyShape_SolvesTheSystem() => s_shapes.Sample(
        shape =>
        {
            var l = Triangular(shape.N, shape.Seed);
            var b = Samples.Normal(shape.N, shape.Columns, shape.Seed + 1);
            var x = b.View.ToMatrix();
            TriangularSolve.Lower(l.View, x.View, new Workers(2));
            AssertSolves(Cleared(l), x, b);
        },
        iter: 30);

    [Fact]
    public void Upper_TransposedView_SolvesTheSystem() => s_shapes.Sample(
        shape =>
        {
            var l = Triangular(shape.N, shape.Seed);
            var b = Samples.Normal(shape.N, shape.Columns, shape.Seed + 1);
            var x = b.View.ToMatrix();
            TriangularSolve.Upper(l.View.Transposed, x.View, new Workers(2));
            AssertSolves(Cleared(l).View.Transposed.ToMatrix(), x, b);
        },
        iter: 30);

    [Fact]
    public void Lower_AgainstTheReference_IsTheSameToRounding()
    {
        var l = Triangular(97, 1);
        var b = Samples.Normal(97, 21, 2);
        var expected = AlgebraReference.SolveLower(l.View, b.View);
        TriangularSolve.Lower(l.View, b.View, Workers.Single);
        Assert.True(Samples.Distance(b, expected) <= 1e-12 * Samples.Norm(expected));
    }

    [Fact]
    public void Lower_ManyThreads_GivesTheSameBitsAsOne()
    {
        var l = Triangular(300, 3);
        var (one, five) = (Samples.Normal(300, 77, 4), Samples.Normal(300, 77, 4));
        TriangularSolve.Lower(l.View, one.View, Workers.Single);
        TriangularSolve.Lower(l.View, five.View, new Workers(5));
        Assert.Equal(one.Values, five.Values);
    }

    [Fact]
    public void Lower_ShapesThatDoNotFit_AreRefused() =>
        Assert.Throws<ArgumentException>(() => TriangularSolve.Lower(new Matrix(3, 3).View, new Matrix(4, 1).View, Workers.Single));

    // Each column: |L·x − b| ≤ γ_n·|L||x| componentwise (Higham, theorem 8.5).
    private static void AssertSolves(Matrix l, Matrix x, Matrix b)
    {
        for (var j = 0; j < b.Columns; j++)
        {
            for (var i = 0; i < b.Rows; i++)
            {
                double sum = 0, magnitude = Math.Abs(b[i, j]);
                for (var k = 0; k < l.Columns; k++)
                {
                    sum += l[i, k] * x[k, j];
                    magnitude += Math.Abs(l[i, k] * x[k, j]);
                }

                Assert.True(Math.Abs(sum - b[i, j]) <= 3 * (l.Rows + 2) * Samples.Unit * magnitude);
            }
        }
    }

    // A dominant diagonal; above it, what must not be read.
    private static Matrix Triangular(int n, int seed)
    {
        var l = Samples.Normal(n, n, seed);
        for (var i = 0; i < n; i++)
        {
            l.Row(i)[(i + 1)..].Fill(double.NaN);
            l[i, i] = 2 + (Math.Sqrt(n) * (1 + Math.Abs(l[i, i])));
        }

        return l;
    }

    private static Matrix Cleared(Matrix l)
    {
        var copy = l.View.ToMatrix();
        for (var i = 0; i < l.Rows; i++)
            copy.Row(i)[(i + 1)..].Clear();
        return copy;
    }
}
