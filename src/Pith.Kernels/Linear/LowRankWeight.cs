using System.Buffers;
using System.Numerics.Tensors;
using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Linear;

/// <summary>A weight with a low-rank correction: Y = X·Wᵀ + (X·A)·B.</summary>
/// <remarks>A [inputs, rank] and B [rank, outputs] are held transposed, as weights of their own: each with its contraction along its
/// rows. X·A stays in 32-bit floats between the two products. Eight-bit factors run from their codes: A in integers where it is
/// an <see cref="InterleavedWeight"/> and so are the inputs, B eight outputs at a time, all in one piece of parallel work. Source: LQER (arXiv 2402.02446), section 3.</remarks>
public sealed class LowRankWeight : LinearWeight
{
    private readonly EpilogueFactor? epilogue;

    /// <summary>Puts a weight and its correction together.</summary>
    /// <param name="weight">W, [outputs, inputs]; not a <see cref="LowRankWeight"/>.</param>
    /// <param name="a">Aᵀ, [rank, inputs].</param>
    /// <param name="b">Bᵀ, [outputs, rank].</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or a part is itself corrected.</exception>
    public LowRankWeight(LinearWeight weight, LinearWeight a, LinearWeight b)
        : base(weight?.Outputs ?? throw new ArgumentNullException(nameof(weight)), weight.Inputs)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Inputs != weight.Inputs)
            throw new ArgumentException($"expected Aᵀ with {weight.Inputs} columns, found {a.Inputs}", nameof(a));
        if (b.Outputs != weight.Outputs || b.Inputs != a.Outputs)
            throw new ArgumentException($"expected Bᵀ [{weight.Outputs}, {a.Outputs}], found [{b.Outputs}, {b.Inputs}]", nameof(b));
        if (weight is LowRankWeight || a is LowRankWeight || b is LowRankWeight)
            throw new ArgumentException("a correction has no correction of its own", nameof(weight));
        (Weight, A, B) = (weight, a, b);
        epilogue = EpilogueFactor.TryCreate(b);
    }

    /// <summary>W, [outputs, inputs].</summary>
    public LinearWeight Weight { get; }

    /// <summary>Aᵀ, [rank, inputs].</summary>
    public LinearWeight A { get; }

    /// <summary>Bᵀ, [outputs, rank].</summary>
    public LinearWeight B { get; }

    /// <summary>Columns of A and rows of B.</summary>
    public int Rank => A.Outputs;

    /// <summary>The number format of W; null for 32-bit floats.</summary>
    public override NumberFormat? Format => Weight.Format;

    /// <inheritdoc/>
    public override long Bytes => Weight.Bytes + A.Bytes + B.Bytes;

    /// <summary>Copies one row of the corrected weight, W + (A·B)ᵀ.</summary>
    /// <param name="row">0 … Outputs-1.</param>
    /// <param name="destination">Inputs numbers.</param>
    public override void CopyRow(int row, Span<float> destination)
    {
        var own = destination[..Inputs];
        Weight.CopyRow(row, own);
        var b = new float[Rank];
        B.CopyRow(row, b);
        var a = new float[Inputs];
        for (var k = 0; k < Rank; k++)
        {
            A.CopyRow(k, a);
            TensorPrimitives.MultiplyAdd(a, b[k], own, own);
        }
    }

    /// <summary>Y = X·Wᵀ + (X·A)·B, the first product in integers inside each block.</summary>
    /// <param name="x">[tokens, inputs], quantized.</param>
    /// <param name="y">[tokens, outputs], row-major.</param>
    /// <param name="workers">The threads to use.</param>
    /// <exception cref="ArgumentException">Y is too short.</exception>
    /// <exception cref="InvalidOperationException"><see cref="Weight"/> is not an <see cref="InterleavedWeight"/>.</exception>
    public void Multiply(ActivationBlocks x, Memory<float> y, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(workers);
        if (y.Length < (long)x.Tokens * Outputs)
            throw new ArgumentException($"expected room for {x.Tokens} × {Outputs} numbers, found {y.Length}", nameof(y));
        if (Weight is not InterleavedWeight interleaved)
            throw new InvalidOperationException("expected a weight laid out for integer products");
        if (epilogue is not null && A is InterleavedWeight a)
        {
            MultiplyTogether(interleaved.Matrix, a.Matrix, epilogue, x, y, workers);
            return;
        }

        interleaved.Multiply(x, y, workers);
        var inner = ArrayPool<float>.Shared.Rent(x.Tokens * Rank);
        if (A is InterleavedWeight integer)
        {
            integer.Multiply(x, inner, workers);
        }
        else
        {
            var rows = new float[x.Tokens * Inputs];
            for (var token = 0; token < x.Tokens; token++)
                x.CopyRow(token, rows.AsSpan(token * Inputs, Inputs));
            A.Multiply(rows, x.Tokens, inner, workers);
        }

        AddProduct(inner, x.Tokens, y, workers);
        ArrayPool<float>.Shared.Return(inner);
    }

    private void MultiplyTogether(
        InterleavedMatrix weight, InterleavedMatrix a, EpilogueFactor b, ActivationBlocks x, Memory<float> y, Workers workers)
    {
        x.Prepare(weight);
        x.Prepare(a, CorrectedProduct.SetOfA);
        var inner = ArrayPool<float>.Shared.Rent(x.Tokens * Rank);
        var missing = ArrayPool<int>.Shared.Rent(1);
        missing[0] = a.Groups;
        var product = new CorrectedProduct(weight, a, b, x, inner, missing, y);
        workers.Run(product.Items, (long)x.Tokens * Inputs * Outputs / 8, product, static (product, first, end) => product.Run(first, end));
        ArrayPool<float>.Shared.Return(inner);
        ArrayPool<int>.Shared.Return(missing);

        // As in InterleavedWeight.Multiply: a token with extreme scales is multiplied in floating point, that token alone.
        for (var token = 0; token < x.Tokens; token++)
        {
            if (x.Fits(token, weight) && x.Fits(token, a))
                continue;
            var row = new float[Inputs];
            x.CopyRow(token, row);
            Multiply(row, 1, y.Slice(token * Outputs, Outputs), workers);
        }
    }

    private protected override void MultiplyAll(ReadOnlyMemory<float> x, int tokens, Memory<float> y, Workers workers)
    {
        Weight.Multiply(x, tokens, y, workers);
        var inner = ArrayPool<float>.Shared.Rent(tokens * Rank);
        A.Multiply(x, tokens, inner, workers);
        AddProduct(inner, tokens, y, workers);
        ArrayPool<float>.Shared.Return(inner);
    }

    private protected override void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y) =>
        throw new NotSupportedException("the three products run one after the other, each over all rows");

    // Y += T·B.
    private void AddProduct(float[] inner, int tokens, Memory<float> y, Workers workers)
    {
        if (epilogue is not null)
        {
            workers.Run(epilogue.Groups, (long)tokens * Rank * Outputs, (Epilogue: epilogue, Inner: inner, Tokens: tokens, Rank, Y: y), static (work, first, end) =>
                work.Epilogue.Add(work.Inner, work.Tokens, work.Rank, first, end, work.Y.Span));
            return;
        }

        var correction = new float[tokens * Outputs];
        B.Multiply(inner, tokens, correction, workers);
        var sum = y.Span[..correction.Length];
        TensorPrimitives.Add(sum, correction, sum);
    }
}
