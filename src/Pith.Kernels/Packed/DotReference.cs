namespace Pith.Kernels.Packed;

/// <summary>The plain form of the packed kernels, for every processor: read a code, multiply, add; scale a block, add.</summary>
/// <remarks>The same sums in the same order as the vector forms, so all give the same bits.</remarks>
internal static unsafe class DotReference
{
    /// <summary>y[16] = W · x for one token.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="group">Which 16 of its rows.</param>
    /// <param name="x">Activation codes.</param>
    /// <param name="exponents">For each block the activation's exponent in the exponent field of a binary32, or its power of two: see <see cref="IBlockScales"/>.</param>
    /// <param name="corrections">For each block what a minimum is multiplied with; unused where there is none.</param>
    /// <param name="width">Tokens that lie together with this one.</param>
    /// <param name="y">16 results.</param>
    public static void Rows(InterleavedMatrix matrix, int group, sbyte* x, int* exponents, int* corrections, int width, float* y)
    {
        var view = matrix.View;
        var sums = stackalloc float[2];
        for (var lane = 0; lane < Tile.Rows; lane++)
        {
            sums[0] = sums[1] = 0;
            for (var block = 0; block < matrix.RecordsPerGroup * Tile.Blocks; block++)
            {
                var record = matrix.Record(group, block / Tile.Blocks);
                var (inside, at) = (block % Tile.Blocks, block * width);
                var exact = 0;
                for (var column = 0; column < Tile.BlockColumns; column++)
                    exact += view.FromRecord(Tile.Read(record, view.CodeBits, lane, inside, column)) * x[(at * Tile.BlockColumns) + column];
                var (scales, extra) = matrix.ScalesAt(group, block / Tile.Blocks, lane);
                var scale = view.Scales.Load((byte*)scales, (byte*)extra, inside);
                var step = view.Scales.IsNumber
                    ? BitConverter.Int32BitsToSingle(scale) * BitConverter.Int32BitsToSingle(exponents[at])
                    : BitConverter.Int32BitsToSingle(scale + exponents[at]);
                sums[inside % 2] = MathF.FusedMultiplyAdd(exact, step, sums[inside % 2]);
                if (Tile.HasMinimum(inside, view.Scales.BlocksPerMinimum))
                {
                    sums[inside % 2] = MathF.FusedMultiplyAdd(
                        view.Scales.Minimum((byte*)scales, (byte*)extra, inside), BitConverter.Int32BitsToSingle(corrections[at]), sums[inside % 2]);
                }
            }

            y[lane] = sums[0] + sums[1];
        }
    }
}
