using System.Buffers;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>A quantized weight, multiplied as it is stored: a few rows are decoded to floats at a time and used for all tokens.</summary>
public sealed class PackedWeight : LinearWeight
{
    private const int RowsAtOnce = 4;

    /// <summary>Wraps a packed matrix.</summary>
    /// <param name="matrix">[outputs, inputs], at least 1 × 1.</param>
    public PackedWeight(PackedMatrix matrix)
        : base(matrix?.Rows ?? throw new ArgumentNullException(nameof(matrix)), matrix.Columns)
    {
        Matrix = matrix;
    }

    /// <summary>The packed matrix.</summary>
    public PackedMatrix Matrix { get; }

    /// <inheritdoc/>
    public override long Bytes => (long)Matrix.Codes.Length + Matrix.Scales.Length;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) => Matrix.DecodeRow(row, destination);

    private protected override unsafe void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y)
    {
        var buffer = ArrayPool<float>.Shared.Rent(RowsAtOnce * Inputs);
        try
        {
            fixed (float* from = x, rows = buffer, to = y)
            {
                for (var row = first; row < end; row += RowsAtOnce)
                {
                    var count = Math.Min(RowsAtOnce, end - row);
                    for (var i = 0; i < count; i++)
                        Matrix.DecodeRow(row + i, buffer.AsSpan(i * Inputs, Inputs));
                    Gemm.Multiply(from, Inputs, tokens, rows, Inputs, count, Inputs, to + row, Outputs);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
