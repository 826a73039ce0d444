using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>A quantized weight as it is stored.</summary>
public sealed class PackedWeight : DecodedWeight
{
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
    public override NumberFormat? Format => Matrix.Codec.Format;

    /// <inheritdoc/>
    public override long Bytes => (long)Matrix.Codes.Length + Matrix.Scales.Length;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) => Matrix.DecodeRow(row, destination);

    private protected override void CopyRows(int first, int count, Span<float> destination) => Matrix.DecodeRows(first, destination[..(count * Inputs)]);
}
