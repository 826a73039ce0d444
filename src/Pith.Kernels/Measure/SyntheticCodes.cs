using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>Random codes as they are stored. A few rows are made and repeated.</summary>
internal sealed unsafe class SyntheticCodes : ISyntheticWeight
{
    private const int RowsMade = 16;
    private const int ReadStep = 256;

    private readonly PackedWeight weight;

    /// <summary>Makes them.</summary>
    public SyntheticCodes(NumberFormat format, int outputs, int inputs, Random random)
    {
        var made = PackedMatrix.Pack(format, Enumerable.Range(0, RowsMade * inputs).Select(_ => random.NextSingle() - 0.5f).ToArray(), inputs);
        weight = new PackedWeight(new PackedMatrix(
            format, outputs, inputs, Repeat(made.Codes.Span, outputs), Repeat(made.Scales.Span, outputs), made.TensorParameter));
    }

    /// <inheritdoc/>
    public int Outputs => weight.Outputs;

    /// <inheritdoc/>
    public int Inputs => weight.Inputs;

    /// <inheritdoc/>
    public long Bytes => weight.Bytes;

    /// <inheritdoc/>
    public void Multiply(float[] numbers, ActivationBlocks? blocks, int tokens, float[] y, Workers workers) =>
        weight.Multiply(numbers, tokens, y, workers);

    /// <inheritdoc/>
    public void Read(Workers workers)
    {
        foreach (var memory in new[] { weight.Matrix.Codes, weight.Matrix.Scales })
        {
            workers.Run(memory.Length / ReadStep, memory.Length, (first, end) =>
            {
                fixed (byte* start = memory.Span)
                    ReadProbe.Read(start + ((nint)first * ReadStep), (end - first) * ReadStep);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static byte[] Repeat(ReadOnlySpan<byte> made, int rows)
    {
        var all = new byte[checked(made.Length / RowsMade * rows)];
        for (var at = 0; at < all.Length; at += made.Length)
            made[..Math.Min(made.Length, all.Length - at)].CopyTo(all.AsSpan(at));
        return all;
    }
}
