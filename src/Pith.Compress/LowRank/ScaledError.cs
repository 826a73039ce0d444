using System.Numerics.Tensors;
using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>F·E of one weight, E = (W − Ŵ)ᵀ [inputs, outputs]: from <see cref="FewestSingles"/> inputs in single precision, below in double.</summary>
/// <remarks>What singles lose, about 10^-7 of ‖F·E‖, is a share of what rounding has lost already; the sums over columns and the decomposition
/// of the thin matrices stay in double precision.</remarks>
internal sealed class ScaledError : ILinearMap
{
    /// <summary>Where time and memory begin to count.</summary>
    public const int FewestSingles = 512;

    private readonly ScaleMatrix scale;

    // (F·E)ᵀ [outputs, inputs].
    private readonly ILinearMap transposed;

    /// <summary>Subtracts and scales.</summary>
    /// <param name="weight">W, [outputs, inputs].</param>
    /// <param name="rounded">Ŵ, as long; empty for zero.</param>
    /// <param name="scale">F.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public ScaledError(
        ReadOnlyMemory<float> weight, ReadOnlyMemory<float> rounded, ScaleMatrix scale, Workers workers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(workers);
        if (weight.Length == 0 || weight.Length % scale.Inputs != 0)
            throw new ArgumentException($"expected rows of {scale.Inputs} numbers, found {weight.Length} numbers", nameof(weight));
        if (rounded.Length > 0 && rounded.Length != weight.Length)
            throw new ArgumentException($"expected {weight.Length} numbers, found {rounded.Length}", nameof(rounded));
        this.scale = scale;
        if (scale.Inputs < FewestSingles)
        {
            var product = scale.Multiply(Difference(weight.Span, rounded.Span, scale.Inputs), workers, cancellation);
            (transposed, SquaredNorm) = (new MatrixMap(product.View.Transposed), Inner(product, product));
        }
        else
        {
            var product = SingleDifference(weight, rounded, scale.Inputs, workers);
            scale.ApplyToRows(product, workers, cancellation);
            (transposed, SquaredNorm) = (product, product.SquaredNorm(workers));
        }
    }

    /// <summary>Inputs of the weight.</summary>
    public int Rows => transposed.Columns;

    /// <summary>Outputs of the weight.</summary>
    public int Columns => transposed.Rows;

    /// <summary>‖F·E‖²; no finite number where a weight is none.</summary>
    public double SquaredNorm { get; }

    /// <inheritdoc/>
    public Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation) => transposed.MultiplyTransposed(x, workers, cancellation);

    /// <inheritdoc/>
    public Matrix MultiplyTransposed(Matrix x, Workers workers, CancellationToken cancellation) => transposed.Multiply(x, workers, cancellation);

    /// <summary>‖F·(E − A·B)‖² = ‖F·E‖² − 2·⟨F·E, F·A·B⟩ + ‖F·A·B‖², all but the first in thin products.</summary>
    public double SquaredNormWith(LowRankTerm term, Workers workers, CancellationToken cancellation)
    {
        if (term.Inputs != Rows || term.Outputs != Columns)
            throw new ArgumentException($"expected a term for [{Columns}, {Rows}], found one for [{term.Outputs}, {term.Inputs}]", nameof(term));
        var b = new Matrix(Array.ConvertAll(term.TransposedB, x => (double)x), term.Outputs, term.Rank);
        var a = new Matrix(Array.ConvertAll(term.TransposedA, x => (double)x), term.Rank, term.Inputs).View.Transposed.ToMatrix();
        var scaledA = scale.Multiply(a, workers, cancellation);
        var cross = Inner(MultiplyTransposed(scaledA, workers, cancellation), b);
        var own = Inner(
            MatrixProduct.Of(scaledA.View.Transposed, scaledA.View, workers), MatrixProduct.Of(b.View.Transposed, b.View, workers));
        return Math.Max(SquaredNorm - (2 * cross) + own, 0);
    }

    private static double Inner(Matrix a, Matrix b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Values.Length; i++)
            sum += a.Values[i] * b.Values[i];
        return sum;
    }

    private static Matrix Difference(ReadOnlySpan<float> weight, ReadOnlySpan<float> rounded, int inputs)
    {
        var difference = new Matrix(inputs, weight.Length / inputs);
        for (var i = 0; i < weight.Length; i++)
            difference[i % inputs, i / inputs] = (double)weight[i] - (rounded.IsEmpty ? 0 : rounded[i]);
        return difference;
    }

    private static SingleMatrix SingleDifference(ReadOnlyMemory<float> weight, ReadOnlyMemory<float> rounded, int inputs, Workers workers)
    {
        var difference = weight.ToArray();
        if (rounded.Length > 0)
        {
            workers.Run(weight.Length / inputs, weight.Length, (first, end) => TensorPrimitives.Subtract(
                weight.Span[(first * inputs)..(end * inputs)], rounded.Span[(first * inputs)..(end * inputs)], difference.AsSpan(first * inputs, (end - first) * inputs)));
        }

        return new SingleMatrix(difference, weight.Length / inputs, inputs);
    }
}
