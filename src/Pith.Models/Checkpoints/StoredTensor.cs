namespace Pith.Models.Checkpoints;

/// <summary>A tensor and where its bytes lie in a file.</summary>
/// <param name="Entry">Name, type and shape.</param>
/// <param name="Offset">Offset of the first byte in the file.</param>
internal sealed record StoredTensor(TensorEntry Entry, long Offset)
{
    /// <summary>Bytes of the tensor.</summary>
    public long Bytes => Entry.Bytes;
}
