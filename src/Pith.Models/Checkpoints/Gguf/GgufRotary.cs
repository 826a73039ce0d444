namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The order in which GGUF files of the architecture llama have the rows of queries and keys.</summary>
/// <remarks>The hub turns the pair (i, i + head/2) of a head by one angle, llama.cpp the pair (2i, 2i + 1).</remarks>
internal static class GgufRotary
{
    /// <summary>Where a row of the hub is stored: row (half, i) of a head, halves one after the other, is row 2i + half.</summary>
    public static long StoredRow(long row, int headSize)
    {
        var (head, within) = (row / headSize, row % headSize);
        var half = headSize / 2;
        return (head * headSize) + (2 * (within % half)) + (within / half);
    }

    /// <summary>The row of the hub which is stored at a row.</summary>
    public static long HubRow(long row, int headSize)
    {
        var (head, within) = (row / headSize, row % headSize);
        return (head * headSize) + (within % 2 * (headSize / 2)) + (within / 2);
    }
}
