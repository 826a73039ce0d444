using System.Buffers;
using System.Runtime.InteropServices;
using Pith.Kernels.Conversions;

namespace Pith.Kernels.Linear;

/// <summary>A weight of bfloat16 numbers, held as they are stored: half the memory of 32-bit floats, and the same products bit for bit.</summary>
/// <remarks>One token is bound by the reading of the weight, so it is widened in registers. More tokens share rows which are widened once.</remarks>
public sealed class BFloat16Weight : LinearWeight
{
    // From here on widening rows costs less than reading them again.
    private const int SharingTokens = 3;

    // Widened rows, 192 KiB: they stay in a second-level cache beside the tokens.
    private const int WidenedElements = 48 * 1024;

    private readonly ReadOnlyMemory<ushort> values;

    /// <summary>Wraps numbers, which must not change afterwards.</summary>
    /// <param name="values">[outputs, inputs], row-major; the upper halves of binary32 numbers.</param>
    /// <param name="outputs">Rows, ≥ 1.</param>
    /// <param name="inputs">Columns, ≥ 1.</param>
    /// <exception cref="ArgumentException">The count does not fit the shape.</exception>
    public BFloat16Weight(ReadOnlyMemory<ushort> values, int outputs, int inputs)
        : base(outputs, inputs)
    {
        if (values.Length != (long)outputs * inputs)
            throw new ArgumentException($"expected {outputs} × {inputs} numbers, found {values.Length}", nameof(values));
        this.values = values;
    }

    /// <inheritdoc/>
    public override long Bytes => (long)sizeof(ushort) * values.Length;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) =>
        FloatConversion.FromBFloat16(MemoryMarshal.AsBytes(values.Span.Slice(row * Inputs, Inputs)), destination);

    private protected override unsafe void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y)
    {
        fixed (float* from = x, to = y)
        {
            if (tokens >= SharingTokens)
            {
                MultiplyWidened(from, tokens, first, end, to);
                return;
            }

            fixed (ushort* weight = values.Span)
            {
                for (var t = 0; t < tokens; t++)
                    BFloat16Dot.Multiply(from + ((nint)t * Inputs), weight + ((nint)first * Inputs), end - first, Inputs, to + ((nint)t * Outputs) + first);
            }
        }
    }

    private unsafe void MultiplyWidened(float* x, int tokens, int first, int end, float* y)
    {
        var rowsAtOnce = Math.Min(end - first, Math.Max(1, WidenedElements / Inputs / Gemm256.TileOutputs) * Gemm256.TileOutputs);
        var buffer = ArrayPool<float>.Shared.Rent(rowsAtOnce * Inputs);
        fixed (float* rows = buffer)
        {
            for (var row = first; row < end; row += rowsAtOnce)
            {
                var count = Math.Min(rowsAtOnce, end - row);
                FloatConversion.FromBFloat16(MemoryMarshal.AsBytes(values.Span.Slice(row * Inputs, count * Inputs)), buffer.AsSpan(0, count * Inputs));
                Gemm.Multiply(x, Inputs, tokens, rows, Inputs, count, Inputs, y + row, Outputs);
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }
}
