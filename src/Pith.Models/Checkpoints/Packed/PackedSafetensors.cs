using System.Buffers;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints.Packed;

/// <summary>A safetensors file of ours: plain tensors, and weights packed in a number format.</summary>
/// <remarks>A packed weight <c>n</c> lies in <c>n.q</c> (codes), <c>n.s</c> (scales) and <c>n.ts</c> (parameter of the tensor), with
/// <c>n.meta</c> in the header; see docs/reference/container.md. It is listed under its plain name too, as F32. Packed bytes
/// are used in place: a <see cref="PackedMatrix"/> from here is valid until this source is disposed.</remarks>
public sealed class PackedSafetensors : ITensorSource
{
    private readonly SafetensorsFile file;
    private readonly Dictionary<string, TensorEntry> tensors;
    private readonly Dictionary<string, PackedWeightMeta> packed = new(StringComparer.Ordinal);

    private PackedSafetensors(SafetensorsFile file)
    {
        this.file = file;
        tensors = new Dictionary<string, TensorEntry>(file.Tensors, StringComparer.Ordinal);
        foreach (var (key, text) in file.Metadata)
        {
            if (!key.EndsWith(PackedWeightMeta.Suffix, StringComparison.Ordinal))
                continue;
            var name = key[..^PackedWeightMeta.Suffix.Length];
            var meta = PackedWeightMeta.Read(text, $"{file.FilePath}: `{Names.Show(key)}`");
            CheckParts(name, meta);
            packed.Add(name, meta);
            if (!tensors.TryAdd(name, new TensorEntry(name, TensorType.F32, [meta.Rows, meta.Columns])))
                throw Bad(name, "expected it packed or plain, found both");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>Names of the packed weights with their formats.</summary>
    public IReadOnlyDictionary<string, NumberFormat> PackedFormats => packed.ToDictionary(pair => pair.Key, pair => pair.Value.Format, StringComparer.Ordinal);

    /// <summary>The stored tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder => file.InFileOrder;

    /// <summary>Maps a file and checks its header and the descriptions of its packed weights.</summary>
    /// <exception cref="PithException">There is no such file, or it is malformed.</exception>
    public static PackedSafetensors Open(string path)
    {
        var mapped = SafetensorsFile.Open(path);
        try
        {
            return new PackedSafetensors(mapped);
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
        if (Find(name) is not { } meta)
        {
            file.ReadFloats(name, start, destination);
            return;
        }

        _ = TensorRange.Check(tensors[name], start, destination.Length);
        var matrix = Matrix(name, meta);
        float[]? part = null;
        while (!destination.IsEmpty)
        {
            var (row, column) = ((int)(start / meta.Columns), (int)(start % meta.Columns));
            var count = Math.Min(destination.Length, meta.Columns - column);
            if (count == meta.Columns)
            {
                matrix.DecodeRow(row, destination[..count]);
            }
            else
            {
                part ??= ArrayPool<float>.Shared.Rent(meta.Columns);
                matrix.DecodeRow(row, part.AsSpan(0, meta.Columns));
                part.AsSpan(column, count).CopyTo(destination);
            }

            destination = destination[count..];
            start += count;
        }

        if (part is not null)
            ArrayPool<float>.Shared.Return(part);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The plain name of a packed weight: its bytes lie in its parts.</exception>
    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        if (Find(name) is not null)
            throw new ArgumentException($"expected a stored tensor, found the packed weight {name}; its bytes are {name}.q and {name}.s", nameof(name));
        file.ReadBytes(name, start, destination);
    }

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name) => Find(name) is { } meta ? Matrix(name, meta) : null;

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private PackedMatrix Matrix(string name, PackedWeightMeta meta)
    {
        var parameter = 0f;
        if (meta.Format.HasTensorParameter)
            file.ReadFloats(name + ".ts", 0, new Span<float>(ref parameter));
        var scales = meta.Format.HasScaleBytes ? file.Memory(name + ".s") : ReadOnlyMemory<byte>.Empty;
        return new PackedMatrix(meta.Format, meta.Rows, meta.Columns, file.Memory(name + ".q"), scales, parameter);
    }

    private void CheckParts(string name, PackedWeightMeta meta)
    {
        foreach (var part in Parts(name, meta))
        {
            if (!file.Tensors.TryGetValue(part.Name, out var entry))
                throw Bad(name, $"expected its part `{Names.Show(part.Name)}`, found none");
            if (entry.Type != part.Type || !entry.Shape.SequenceEqual(part.Shape))
                throw Bad(name, $"part `{Names.Show(part.Name)}`: expected {part.Type.Name()} {Names.Show(part.Shape)}, found {entry.Type.Name()} {Names.Show(entry.Shape)}");
        }

        if (!meta.Format.HasTensorParameter)
            return;
        var parameter = 0f;
        file.ReadFloats(name + ".ts", 0, new Span<float>(ref parameter));
        if (!float.IsFinite(parameter))
            throw Bad(name, $"part `{Names.Show(name)}.ts`: expected a finite number, found {parameter}");
    }

    // A shape can be so large that its packed bytes do not even fit a number.
    private List<TensorEntry> Parts(string name, PackedWeightMeta meta)
    {
        try
        {
            return [.. meta.Parts(name)];
        }
        catch (OverflowException exception)
        {
            throw new PithException(
                ModelsErrors.BadPackedWeight, $"{file.FilePath}: weight `{Names.Show(name)}`: expected a shape which fits a file, found [{meta.Rows}, {meta.Columns}]", inner: exception);
        }
    }

    private PackedWeightMeta? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return packed.TryGetValue(name, out var meta) ? meta : tensors.ContainsKey(name) ? null : throw TensorRange.NoSuchTensor(name);
    }

    private PithException Bad(string name, string what) =>
        new(ModelsErrors.BadPackedWeight, $"{file.FilePath}: weight `{Names.Show(name)}`: {what}");
}
