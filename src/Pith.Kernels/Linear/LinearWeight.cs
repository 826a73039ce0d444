using Pith.Core.Formats;

namespace Pith.Kernels.Linear;

/// <summary>The weight of a linear layer, W [outputs, inputs], in one of its stored forms, and the product with it.</summary>
/// <remarks>All forms reduce in the same fixed order, so a packed weight and its dequantized values give the same bits, for any number of
/// threads and whatever other tokens are multiplied in the same call. Immutable, hence thread-safe.</remarks>
public abstract class LinearWeight
{
    private protected LinearWeight(int outputs, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>Rows of W.</summary>
    public int Outputs { get; }

    /// <summary>Columns of W: the length of the contraction.</summary>
    public int Inputs { get; }

    /// <summary>The number format of the stored values; null for plain numbers.</summary>
    public virtual NumberFormat? Format => null;

    /// <summary>Bytes which the weight occupies in memory.</summary>
    public abstract long Bytes { get; }

    /// <summary>Copies one row of W as floats.</summary>
    /// <param name="row">0 … Outputs-1.</param>
    /// <param name="destination">Inputs numbers.</param>
    public abstract void CopyRow(int row, Span<float> destination);

    /// <summary>Y[t, n] = Σ_k X[t, k] · W[n, k].</summary>
    /// <param name="x">[tokens, inputs], row-major.</param>
    /// <param name="tokens">Rows of X and Y, ≥ 0.</param>
    /// <param name="y">[tokens, outputs], row-major.</param>
    /// <param name="workers">The threads to use.</param>
    /// <exception cref="ArgumentException">X or Y is too short.</exception>
    public void Multiply(ReadOnlyMemory<float> x, int tokens, Memory<float> y, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (x.Length < (long)tokens * Inputs)
            throw new ArgumentException($"expected {tokens} × {Inputs} numbers, found {x.Length}", nameof(x));
        if (y.Length < (long)tokens * Outputs)
            throw new ArgumentException($"expected room for {tokens} × {Outputs} numbers, found {y.Length}", nameof(y));
        if (tokens > 0)
            MultiplyAll(x, tokens, y, workers);
    }

    /// <summary>Computes Y from operands of the right size, at least one token.</summary>
    private protected virtual void MultiplyAll(ReadOnlyMemory<float> x, int tokens, Memory<float> y, Workers workers) =>
        // Parts begin at multiples of the tile's four rows.
        workers.Run((Outputs + 3) / 4, (long)tokens * Inputs * Outputs, (Weight: this, X: x, Tokens: tokens, Y: y), static (work, first, end) =>
            work.Weight.MultiplyRows(work.X.Span, work.Tokens, first * 4, Math.Min(end * 4, work.Weight.Outputs), work.Y.Span));

    /// <summary>Computes columns <paramref name="first"/> … <paramref name="end"/>-1 of Y.</summary>
    private protected abstract void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y);
}
