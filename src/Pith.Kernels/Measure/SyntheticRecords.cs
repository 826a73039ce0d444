using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>Random records for integer products.</summary>
internal sealed unsafe class SyntheticRecords(NumberFormat format, int outputs, int inputs, Random random) : ISyntheticWeight
{
    private readonly InterleavedMatrix matrix = InterleavedMatrix.Random(format, outputs, inputs, random);

    /// <inheritdoc/>
    public int Outputs => matrix.Rows;

    /// <inheritdoc/>
    public int Inputs => matrix.Columns;

    /// <inheritdoc/>
    public long Bytes => matrix.Bytes;

    /// <inheritdoc/>
    public void Multiply(float[] numbers, ActivationBlocks? blocks, int tokens, float[] y, Workers workers)
    {
        blocks!.Prepare(matrix);
        workers.Run(matrix.Groups, (long)matrix.Rows * matrix.Columns * tokens, (first, end) => PackedDot.Groups(matrix, blocks, first, end, y));
    }

    /// <inheritdoc/>
    public void Read(Workers workers) => workers.Run(matrix.Groups, matrix.Bytes, (first, end) =>
    {
        var start = matrix.Group(first);
        ReadProbe.Read(start, (matrix.Group(end) - start) / 256 * 256);
    });

    /// <inheritdoc/>
    public void Dispose() => matrix.Dispose();
}
