using CsCheck;
using Pith.Compress.Ratio.Law;

namespace Pith.Compress.Tests.Ratio.Law;

public sealed class LeastSquaresTests
{
    // The residual is orthogonal to every column: the normal equations, without solving them.
    [Fact]
    public void Solve_AnyRows_LeavesAnOrthogonalResidual() => Gen.Double[-10, 10].Array[5].Array[4, 12].Sample(rows =>
    {
        double[][] terms = [.. rows.Select(row => row[..3])];
        double[] responses = [.. rows.Select(row => row[3] + (0.1 * row[4]))];
        if (LeastSquares.Solve(terms, responses) is not { } solution)
            return;
        var residuals = terms.Select((row, i) => responses[i] - LeastSquares.Dot(row, solution)).ToArray();
        for (var j = 0; j < 3; j++)
        {
            // Rounding: some 1e-16 of products of at most 10 and residuals, times the condition of the columns, which Solve bounds by 1e10 only.
            var scale = terms.Max(row => Math.Abs(row[j])) * (1 + solution.Max(Math.Abs));
            Assert.True(Math.Abs(terms.Select((row, i) => row[j] * residuals[i]).Sum()) <= 1e-5 * scale * rows.Length);
        }
    });

    [Fact]
    public void Solve_AStraightLine_IsExact()
    {
        var solution = LeastSquares.Solve([[0, 1], [1, 1], [2, 1]], [1, 3, 5])!;
        Assert.Equal([2.0, 1.0], solution.Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void Solve_DependentColumns_IsNone()
    {
        Assert.Null(LeastSquares.Solve([[1, 2], [2, 4], [3, 6]], [1, 2, 3]));
    }
}
