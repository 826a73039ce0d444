using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Linear;

/// <summary>A quantized weight re-laid for integer products with quantized activations.</summary>
public sealed class InterleavedWeight : DecodedWeight
{
    private InterleavedWeight(InterleavedMatrix matrix)
        : base(matrix.Rows, matrix.Columns)
    {
        Matrix = matrix;
    }

    /// <inheritdoc/>
    public override NumberFormat? Format => Matrix.Format;

    /// <inheritdoc/>
    public override long Bytes => Matrix.Bytes;

    internal InterleavedMatrix Matrix { get; }

    /// <summary>Re-lays a packed weight.</summary>
    /// <param name="weight">The weight as stored; no longer needed afterwards.</param>
    /// <param name="workers">The threads to use; the calling one when null.</param>
    /// <returns>Null when no record holds the values; see <see cref="InterleavedMatrix"/>.</returns>
    public static InterleavedWeight? TryCreate(PackedWeight weight, Workers? workers = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return InterleavedMatrix.TryCreate(weight.Matrix, workers) is { } matrix ? new InterleavedWeight(matrix) : null;
    }

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) => Matrix.CopyRow(row, destination);

    /// <summary>Y = X · Wᵀ in integers inside each block.</summary>
    /// <remarks>A token whose scales multiply with the matrix's to a power of two outside binary32's normal range is multiplied in
    /// floating point instead, that token alone: what a token gives does not depend on the tokens beside it.</remarks>
    /// <param name="x">[tokens, inputs], quantized.</param>
    /// <param name="y">[tokens, outputs], row-major.</param>
    /// <param name="workers">The threads to use.</param>
    public void Multiply(ActivationBlocks x, Memory<float> y, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(workers);
        x.Prepare(Matrix);
        workers.Run(Matrix.Groups, (long)x.Tokens * Inputs * Outputs / 8, (Matrix, X: x, Y: y), static (work, first, end) =>
            PackedDot.Groups(work.Matrix, work.X, first, end, work.Y.Span));
        for (var token = 0; token < x.Tokens; token++)
        {
            if (x.Fits(token, Matrix))
                continue;
            var row = new float[Inputs];
            x.CopyRow(token, row);
            Multiply(row, 1, y.Slice(token * Outputs, Outputs), workers);
        }
    }
}
