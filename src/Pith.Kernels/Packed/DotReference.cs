namespace Pith.Kernels.Packed;

/// <summary>The plain form of the packed kernels, for every processor: read a code, multiply, add; scale a block, add.</summary>
/// <remarks>The same sums in the same order as the vector forms, so all give the same bits.</remarks>
internal static unsafe class DotReference
{
    /// <summary>y[16] = W · x for one token.</summary>
    /// <param name="matrix">W; the group is 16 of its rows.</param>
    /// <param name="record">First record of the group.</param>
    /// <param name="x">Activation codes.</param>
    /// <param name="exponents">For each block the activation's exponent in the exponent field of a binary32.</param>
    /// <param name="width">Tokens that lie together with this one.</param>
    /// <param name="y">16 results.</param>
    public static void Rows(InterleavedMatrix matrix, byte* record, sbyte* x, int* exponents, int width, float* y)
    {
        var bytes = Tile.RecordBytes(matrix.CodeBits);
        var sums = stackalloc float[2];
        for (var lane = 0; lane < Tile.Rows; lane++)
        {
            sums[0] = sums[1] = 0;
            for (var block = 0; block < matrix.RecordsPerGroup * Tile.Blocks; block++)
            {
                var at = record + ((long)(block / Tile.Blocks) * bytes);
                var inside = block % Tile.Blocks;
                var exact = 0;
                for (var column = 0; column < Tile.BlockColumns; column++)
                    exact += Tile.Read(at, matrix.CodeBits, matrix.View.Values, lane, inside, column) * x[(block * width * Tile.BlockColumns) + column];
                var scale = BitConverter.Int32BitsToSingle(matrix.ScaleBits(at, lane, inside) + exponents[block * width]);
                sums[inside % 2] = MathF.FusedMultiplyAdd(exact, scale, sums[inside % 2]);
            }

            y[lane] = sums[0] + sums[1];
        }
    }
}
