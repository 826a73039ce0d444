using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>A quantized weight as it is stored.</summary>
/// <remarks>One token, or two, multiply codes that are decoded in registers where there is such a kernel; more share rows which are decoded once.</remarks>
public sealed class PackedWeight : DecodedWeight
{
    // From here on decoding rows costs less than decoding them again.
    private const int SharingTokens = 3;

    private readonly Lazy<CodeDot?> dot;

    /// <summary>Wraps a packed matrix.</summary>
    /// <param name="matrix">[outputs, inputs], at least 1 × 1.</param>
    public PackedWeight(PackedMatrix matrix)
        : base(matrix?.Rows ?? throw new ArgumentNullException(nameof(matrix)), matrix.Columns)
    {
        Matrix = matrix;
        dot = new(() => CodeDot.TryCreate(matrix));
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

    private protected override unsafe void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y)
    {
        if (tokens >= SharingTokens || dot.Value is not { } kernel)
        {
            base.MultiplyRows(x, tokens, first, end, y);
            return;
        }

        fixed (float* from = x, to = y)
        {
            for (var t = 0; t < tokens; t++)
                kernel.Multiply(from + ((nint)t * Inputs), first, end, to + ((nint)t * Outputs) + first);
        }
    }
}
