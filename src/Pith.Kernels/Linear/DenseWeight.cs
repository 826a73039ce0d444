namespace Pith.Kernels.Linear;

/// <summary>A weight of 32-bit floats.</summary>
public sealed class DenseWeight : LinearWeight
{
    private readonly ReadOnlyMemory<float> values;

    /// <summary>Wraps numbers, which must not change afterwards.</summary>
    /// <param name="values">[outputs, inputs], row-major.</param>
    /// <param name="outputs">Rows, ≥ 1.</param>
    /// <param name="inputs">Columns, ≥ 1.</param>
    /// <exception cref="ArgumentException">The count does not fit the shape.</exception>
    public DenseWeight(ReadOnlyMemory<float> values, int outputs, int inputs)
        : base(outputs, inputs)
    {
        if (values.Length != (long)outputs * inputs)
            throw new ArgumentException($"expected {outputs} × {inputs} numbers, found {values.Length}", nameof(values));
        this.values = values;
    }

    /// <summary>The numbers, [outputs, inputs], row-major.</summary>
    public ReadOnlySpan<float> Values => values.Span;

    /// <inheritdoc/>
    public override long Bytes => 4L * values.Length;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) => values.Span.Slice(row * Inputs, Inputs).CopyTo(destination);

    private protected override unsafe void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y)
    {
        fixed (float* from = x, weight = values.Span, to = y)
        {
            Gemm.Multiply(
                from, Inputs, tokens, weight + ((nint)first * Inputs), Inputs, end - first, Inputs, to + first, Outputs);
        }
    }
}
