using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints;

/// <summary>A checkpoint under other names than it is stored with.</summary>
internal sealed class RenamedTensors : ITensorSource
{
    private readonly ITensorSource inner;
    private readonly Dictionary<string, string> stored;

    /// <summary>Wraps a checkpoint, and disposes it in the end.</summary>
    /// <param name="inner">The checkpoint.</param>
    /// <param name="stored">For every tensor its new name and the stored one.</param>
    public RenamedTensors(ITensorSource inner, Dictionary<string, string> stored)
    {
        this.inner = inner;
        this.stored = stored;
        Tensors = stored.ToDictionary(pair => pair.Key, pair => inner.Tensors[pair.Value] with { Name = pair.Key }, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <inheritdoc/>
    public void ReadFloats(string name, long start, Span<float> destination) => inner.ReadFloats(Stored(name), start, destination);

    /// <inheritdoc/>
    public void ReadBytes(string name, long start, Span<byte> destination) => inner.ReadBytes(Stored(name), start, destination);

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name) => inner.ReadPacked(Stored(name));

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private string Stored(string name) => stored.GetValueOrDefault(name, name);
}
