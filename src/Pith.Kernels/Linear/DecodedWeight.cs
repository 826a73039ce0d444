using System.Buffers;

namespace Pith.Kernels.Linear;

/// <summary>A weight held as codes, which multiplies 32-bit activations by decoding a few rows at a time and using them for all tokens.</summary>
public abstract class DecodedWeight : LinearWeight
{
    // Rows decoded at once, 16 KiB: they stay in the first-level cache, and a call does enough to be worth it.
    private const int ElementsAtOnce = 4096;

    private protected DecodedWeight(int outputs, int inputs)
        : base(outputs, inputs)
    {
    }

    /// <summary>Copies rows.</summary>
    private protected virtual void CopyRows(int first, int count, Span<float> destination)
    {
        for (var i = 0; i < count; i++)
            CopyRow(first + i, destination.Slice(i * Inputs, Inputs));
    }

    private protected override unsafe void MultiplyRows(ReadOnlySpan<float> x, int tokens, int first, int end, Span<float> y)
    {
        var rowsAtOnce = Math.Max(1, ElementsAtOnce / Inputs / Gemm256.TileOutputs) * Gemm256.TileOutputs;
        var buffer = ArrayPool<float>.Shared.Rent(rowsAtOnce * Inputs);
        try
        {
            fixed (float* from = x, rows = buffer, to = y)
            {
                for (var row = first; row < end; row += rowsAtOnce)
                {
                    var count = Math.Min(rowsAtOnce, end - row);
                    CopyRows(row, count, buffer);
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
