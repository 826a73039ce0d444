using System.Runtime.ExceptionServices;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Blocks;

/// <summary>Walks over the rows of a stored matrix in chunks, several at a time, holding only the chunks being worked on.</summary>
internal static class RowChunks
{
    /// <summary>Elements of a chunk, about: 256 KiB as floats, so that a chunk stays in a core's cache.</summary>
    private const int ChunkElements = 1 << 16;

    /// <summary>Works on some rows of a matrix.</summary>
    /// <param name="firstRow">Index of the first.</param>
    /// <param name="rows">The rows, row-major; valid during the call.</param>
    internal delegate TResult RowVisitor<out TResult>(long firstRow, ReadOnlySpan<float> rows);

    /// <summary>Calls <paramref name="visit"/> for each chunk and returns the results in row order.</summary>
    /// <remarks>Chunks do not depend on the number of threads. When several chunks fail, the failure of the first is thrown.</remarks>
    /// <param name="source">Where the matrix is.</param>
    /// <param name="matrix">Its entry, [rows, columns].</param>
    /// <param name="threads">Chunks worked on at a time, ≥ 1.</param>
    /// <param name="visit">Gets the index of the chunk's first row and its rows, row-major.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <param name="progress">Told the elements of each chunk that is done, from any thread.</param>
    public static TResult[] Visit<TResult>(
        ITensorSource source,
        TensorEntry matrix,
        int threads,
        RowVisitor<TResult> visit,
        CancellationToken cancellation,
        Action<long>? progress = null)
    {
        if (matrix.Elements == 0)
            return [];
        var columns = matrix.Columns;
        var rowsAtATime = Math.Max(1, ChunkElements / columns);
        var count = checked((int)(((matrix.Rows - 1) / rowsAtATime) + 1));
        var results = new TResult[count];
        var failures = new Exception?[count];
        Parallel.For(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            () => new float[checked(rowsAtATime * columns)],
            (chunk, state, buffer) =>
            {
                var first = (long)chunk * rowsAtATime;
                var rows = buffer.AsSpan(0, (int)Math.Min(rowsAtATime, matrix.Rows - first) * columns);
                try
                {
                    source.ReadFloats(matrix.Name, first * columns, rows);
                    results[chunk] = visit(first, rows);
                    progress?.Invoke(rows.Length);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // Break lets every earlier chunk finish, so the first failure is always found.
                    failures[chunk] = exception;
                    state.Break();
                }

                return buffer;
            },
            _ => { });
        if (Array.Find(failures, failure => failure is not null) is { } firstFailure)
            ExceptionDispatchInfo.Throw(firstFailure);
        return results;
    }
}
