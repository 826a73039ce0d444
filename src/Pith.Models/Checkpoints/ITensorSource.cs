using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints;

/// <summary>The tensors of a checkpoint, read on demand.</summary>
/// <remarks>Names and layout are those of the Hugging Face hub whatever the file is. Nothing is held in managed memory; files
/// are memory-mapped. Safe to read from several threads. Disposing unmaps the files.</remarks>
public interface ITensorSource : IDisposable
{
    /// <summary>Every tensor by name.</summary>
    IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>Reads consecutive elements as 32-bit floats. Only for floating-point tensors; a packed (quantized) weight is
    /// listed under its plain name too, and reads as its dequantized values.</summary>
    /// <param name="name">A name in <see cref="Tensors"/>.</param>
    /// <param name="start">Index of the first element, row-major.</param>
    /// <param name="destination">Receives as many elements as it is long.</param>
    /// <exception cref="ArgumentException">No such tensor, not a floating-point one, or a range outside it.</exception>
    void ReadFloats(string name, long start, Span<float> destination);

    /// <summary>Reads consecutive stored bytes.</summary>
    void ReadBytes(string name, long start, Span<byte> destination);

    /// <summary>The packed form of a quantized weight; null when the tensor is stored as plain numbers.</summary>
    /// <remarks>It may lie in the mapped file itself: valid until this source is disposed, after which reading it throws.</remarks>
    /// <param name="name">The weight's plain name.</param>
    PackedMatrix? ReadPacked(string name);
}
