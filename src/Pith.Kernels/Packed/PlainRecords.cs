using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>The plain form of writing records: integers first, then each into its place.</summary>
internal static unsafe class PlainRecords
{
    /// <summary>Reads a row of a matrix.</summary>
    /// <param name="row">The row.</param>
    /// <param name="integers">One a column; zero beyond the matrix.</param>
    /// <param name="scales">Four bytes a record; neutral beyond the matrix.</param>
    /// <param name="extra">Four bytes for each <see cref="IBlockScales.RecordsPerExtra"/> records; otherwise zero.</param>
    /// <returns>False when a record cannot hold it.</returns>
    public delegate bool RowReader(int row, Span<int> integers, Span<byte> scales, Span<byte> extra);

    /// <summary>Fills a group.</summary>
    /// <returns>False when a record cannot hold a row.</returns>
    public static bool Fill(InterleavedMatrix matrix, int group, RowReader read)
    {
        var padded = matrix.RecordsPerGroup * Tile.Columns;
        var laneBytes = matrix.RecordsPerGroup * Tile.LaneBytes;
        var integers = new int[Tile.Rows * padded];
        var scales = new byte[Tile.Rows * laneBytes];
        var extra = new byte[Tile.Rows * laneBytes];
        matrix.Neutral(scales);
        for (var lane = 0; lane < Math.Min(Tile.Rows, matrix.Rows - (group * Tile.Rows)); lane++)
        {
            var own = scales.AsSpan(lane * laneBytes, laneBytes);
            if (!read((group * Tile.Rows) + lane, integers.AsSpan(lane * padded, padded), own, extra.AsSpan(lane * laneBytes, laneBytes)))
                return false;
        }

        Measure(matrix, scales);
        NativeMemory.Clear(matrix.Group(group), (nuint)matrix.GroupBytes);
        for (var index = 0; index < matrix.RecordsPerGroup; index++)
            Write(matrix, group, index, integers, scales, extra);
        return true;
    }

    private static void Write(InterleavedMatrix matrix, int group, int index, int[] integers, byte[] scales, byte[] extra)
    {
        var record = matrix.Record(group, index);
        var (bits, each) = (matrix.View.CodeBits, matrix.View.Scales.RecordsPerExtra);
        var laneBytes = matrix.RecordsPerGroup * Tile.LaneBytes;
        for (var lane = 0; lane < Tile.Rows; lane++)
        {
            for (var column = 0; column < Tile.Columns; column++)
            {
                var code = matrix.CodeOf(integers[(((lane * matrix.RecordsPerGroup) + index) * Tile.Columns) + column]);
                Tile.Write(record, bits, lane, column / Tile.BlockColumns, column % Tile.BlockColumns, code);
            }

            var (ownScales, ownExtra) = matrix.ScalesAt(group, index, lane);
            scales.AsSpan((lane * laneBytes) + (index * Tile.LaneBytes), Tile.LaneBytes).CopyTo(new Span<byte>((void*)ownScales, Tile.LaneBytes));
            if (each > 0)
                extra.AsSpan((lane * laneBytes) + (index / each * Tile.LaneBytes), Tile.LaneBytes).CopyTo(new Span<byte>((void*)ownExtra, Tile.LaneBytes));
        }
    }

    private static void Measure(InterleavedMatrix matrix, byte[] scales)
    {
        for (var i = 0; i < scales.Length && !matrix.View.Scales.IsNumber; i += Vector256<byte>.Count)
        {
            var fields = matrix.View.Scales.Fields(Vector256.Create(scales, i));
            for (var lane = 0; lane < Vector256<byte>.Count; lane++)
                matrix.Widen(fields[lane], fields[lane]);
        }
    }
}
