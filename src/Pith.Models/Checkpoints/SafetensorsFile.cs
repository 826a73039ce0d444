using Pith.Core.Diagnostics;
using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints;

/// <summary>One safetensors file, memory-mapped.</summary>
/// <remarks>See <see cref="ITensorSource"/> for thread safety and lifetime.</remarks>
public sealed class SafetensorsFile : ITensorSource
{
    private readonly MappedFile file;
    private readonly Dictionary<string, StoredTensor> stored;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header)
    {
        this.file = file;
        stored = header.Tensors.ToDictionary(tensor => tensor.Entry.Name, StringComparer.Ordinal);
        Tensors = header.Tensors.ToDictionary(tensor => tensor.Entry.Name, tensor => tensor.Entry, StringComparer.Ordinal);
        InFileOrder = [.. header.Tensors.Select(tensor => tensor.Entry)];
        Metadata = header.Metadata;
    }

    /// <summary>The path as it was given.</summary>
    public string FilePath => file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The tensors in the order of their bytes: the order to read them in from a disk.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder { get; }

    /// <summary>The text pairs which the header carries beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file and checks its header; no tensor is read.</summary>
    /// <exception cref="PithException">There is no such file, or it is malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        var mapped = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(mapped, SafetensorsHeader.Read(mapped));
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void ReadFloats(string name, long start, Span<float> destination)
    {
        var tensor = Find(name);
        var bytes = TensorRange.Check(tensor.Entry, start, destination.Length);
        TensorTypes.ToFloats(tensor.Entry.Type, file.Span(tensor.Offset + (start * tensor.Entry.Type.Bytes()), bytes), destination);
    }

    /// <inheritdoc/>
    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        var tensor = Find(name);
        TensorRange.CheckBytes(tensor.Entry, start, destination.Length);
        file.Span(tensor.Offset + start, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name)
    {
        _ = Find(name);
        return null;
    }

    /// <summary>All bytes of a tensor, in place.</summary>
    /// <remarks>Valid until this source is disposed.</remarks>
    /// <exception cref="PithException">The tensor has more than 2^31-1 bytes (<see cref="ModelsErrors.TooLarge"/>).</exception>
    internal ReadOnlyMemory<byte> Memory(string name)
    {
        var tensor = Find(name);
        if (tensor.Bytes > int.MaxValue)
            throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: tensor `{Names.Show(name)}`: expected at most {int.MaxValue} bytes, found {tensor.Bytes}");
        return file.Memory(tensor.Offset, (int)tensor.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private StoredTensor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return stored.TryGetValue(name, out var tensor) ? tensor : throw TensorRange.NoSuchTensor(name);
    }
}
