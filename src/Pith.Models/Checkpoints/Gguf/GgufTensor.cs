namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A tensor and where it lies in a GGUF file.</summary>
/// <param name="Name">Its name in the file: <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Shape">Lengths of the axes, outermost first (the file has them the other way round).</param>
/// <param name="Offset">Offset in the file of its first byte.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record GgufTensor(string Name, GgmlType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Length of the last axis.</summary>
    public long Columns => Shape[^1];

    /// <summary>Bytes of one row.</summary>
    public int RowBytes => checked((int)(Columns / Type.BlockValues * Type.BlockBytes));
}
