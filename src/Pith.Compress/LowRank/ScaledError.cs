using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>F·E of one weight, E = (W − Ŵ)ᵀ [inputs, outputs], as a product that is never formed: two thin products serve the decomposition.</summary>
internal sealed class ScaledError : ILinearMap
{
    private readonly Matrix difference;
    private readonly ScaleMatrix scale;

    /// <summary>Subtracts.</summary>
    /// <param name="weight">W, [outputs, inputs].</param>
    /// <param name="rounded">Ŵ, as long; empty for zero.</param>
    /// <param name="scale">F.</param>
    /// <param name="workers">The threads to use.</param>
    public ScaledError(ReadOnlyMemory<float> weight, ReadOnlyMemory<float> rounded, ScaleMatrix scale, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(workers);
        if (weight.Length == 0 || weight.Length % scale.Inputs != 0)
            throw new ArgumentException($"expected rows of {scale.Inputs} numbers, found {weight.Length} numbers", nameof(weight));
        if (rounded.Length > 0 && rounded.Length != weight.Length)
            throw new ArgumentException($"expected {weight.Length} numbers, found {rounded.Length}", nameof(rounded));
        this.scale = scale;
        difference = new Matrix(weight.Length / scale.Inputs, scale.Inputs);
        workers.Run(difference.Rows, difference.Values.Length, (first, end) =>
        {
            for (var row = first; row < end; row++)
                Subtract(weight.Span, rounded.Span, row * scale.Inputs, difference.Row(row));
        });
    }

    /// <summary>Inputs of the weight.</summary>
    public int Rows => difference.Columns;

    /// <summary>Outputs of the weight.</summary>
    public int Columns => difference.Rows;

    /// <inheritdoc/>
    public Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation)
    {
        var y = new Matrix(Rows, x.Columns);
        MatrixProduct.Add(y.View, 1, difference.View.Transposed, x.View, workers, cancellation: cancellation);
        return scale.Multiply(y, workers, cancellation);
    }

    /// <inheritdoc/>
    public Matrix MultiplyTransposed(Matrix x, Workers workers, CancellationToken cancellation)
    {
        var y = new Matrix(Columns, x.Columns);
        var scaled = scale.MultiplyTransposed(x, workers, cancellation);
        MatrixProduct.Add(y.View, 1, difference.View, scaled.View, workers, cancellation: cancellation);
        return y;
    }

    /// <summary>‖F·E‖².</summary>
    public double SquaredNorm(Workers workers, CancellationToken cancellation) => scale.SquaredNorm(difference, workers, cancellation);

    /// <summary>‖F·(E − A·B)‖² = ‖F·E‖² − 2·⟨F·E, F·A·B⟩ + ‖F·A·B‖², all but the first in thin products.</summary>
    public double SquaredNormWith(LowRankTerm term, double squaredNorm, Workers workers, CancellationToken cancellation)
    {
        if (term.Inputs != Rows || term.Outputs != Columns)
            throw new ArgumentException($"expected a term for [{Columns}, {Rows}], found one for [{term.Outputs}, {term.Inputs}]", nameof(term));
        var b = new Matrix(Array.ConvertAll(term.TransposedB, x => (double)x), term.Outputs, term.Rank);
        var a = new Matrix(Array.ConvertAll(term.TransposedA, x => (double)x), term.Rank, term.Inputs).View.Transposed.ToMatrix();
        var scaledA = scale.Multiply(a, workers, cancellation);
        var cross = Inner(MultiplyTransposed(scaledA, workers, cancellation), b);
        var own = Inner(
            MatrixProduct.Of(scaledA.View.Transposed, scaledA.View, workers), MatrixProduct.Of(b.View.Transposed, b.View, workers));
        return Math.Max(squaredNorm - (2 * cross) + own, 0);
    }

    private static double Inner(Matrix a, Matrix b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Values.Length; i++)
            sum += a.Values[i] * b.Values[i];
        return sum;
    }

    private static void Subtract(ReadOnlySpan<float> weight, ReadOnlySpan<float> rounded, int start, Span<double> target)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = (double)weight[start + i] - (rounded.IsEmpty ? 0 : rounded[start + i]);
    }
}
