using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Kernels.Formats;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Llama2c;

/// <summary>A llama2.c checkpoint, version 0, 1 or 2, or the ternary kind of bitllama2.c.</summary>
/// <remarks>Presents hub names and the hub's order of rows: those of the query and key projections, written for rotary pairs
/// (2i, 2i+1), are given for pairs (i, i + head/2), so that one rotation serves every model. Everything reads as F32.
/// See <see cref="ITensorSource"/> for thread safety and lifetime.</remarks>
public sealed class Llama2cFile : ITensorSource
{
    private const int ChunkElements = 4096;

    private readonly MappedFile file;
    private readonly int groupSize;
    private readonly Dictionary<string, Llama2cTensor> stored;

    private Llama2cFile(MappedFile file)
    {
        this.file = file;
        var header = Llama2cHeader.Read(file);

        if (header.LeastBytes > file.Length)
            throw Llama2cHeader.Bad(file, $"expected at least {header.LeastBytes} bytes for this header, found {file.Length}");
        var layout = ChooseLayout(header);
        var isTernary = layout.Tensors.Any(tensor => tensor.Encoding == Llama2cEncoding.Ternary);
        groupSize = header.GroupSize;
        Version = header.Version;
        Config = header.ToConfig(isTernary);
        stored = layout.Tensors.ToDictionary(tensor => tensor.Entry.Name, StringComparer.Ordinal);
        Tensors = layout.Tensors.ToDictionary(tensor => tensor.Entry.Name, tensor => tensor.Entry, StringComparer.Ordinal);
        InFileOrder = [.. layout.Tensors.Select(tensor => tensor.Entry)];
    }

    /// <summary>The version in the header; 0 where there is none.</summary>
    public int Version { get; }

    /// <summary>The shape of the model.</summary>
    public LlamaConfig Config { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder { get; }

    /// <summary>Maps a file and checks its header and length.</summary>
    /// <exception cref="PithException">There is no such file, or it is malformed (<see cref="ModelsErrors.BadLlama2c"/>).</exception>
    public static Llama2cFile Open(string path)
    {
        var mapped = MappedFile.Open(path);
        try
        {
            return new Llama2cFile(mapped);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="PithException">A ternary code or a scale which cannot be (<see cref="ModelsErrors.BadLlama2c"/>).</exception>
    public void ReadFloats(string name, long start, Span<float> destination)
    {
        var tensor = Find(name);
        _ = TensorRange.Check(tensor.Entry, start, destination.Length);
        if (tensor.RotaryHeads == 0)
        {
            Decode(tensor, start, destination);
            return;
        }

        var columns = tensor.Entry.Columns;
        while (!destination.IsEmpty)
        {
            var (row, column) = (start / columns, (int)(start % columns));
            var count = Math.Min(destination.Length, columns - column);
            Decode(tensor, (StoredRow(tensor, row) * columns) + column, destination[..count]);
            destination = destination[count..];
            start += count;
        }
    }

    /// <inheritdoc/>
    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        TensorRange.CheckBytes(Find(name).Entry, start, destination.Length);
        var numbers = ArrayPool<float>.Shared.Rent(ChunkElements);
        while (!destination.IsEmpty)
        {
            var skipped = (int)(start % sizeof(float));
            var elements = (int)Math.Min(ChunkElements, ((long)destination.Length + skipped + sizeof(float) - 1) / sizeof(float));
            ReadFloats(name, start / sizeof(float), numbers.AsSpan(0, elements));
            var bytes = MemoryMarshal.AsBytes(numbers.AsSpan(0, elements))[skipped..];
            var count = Math.Min(bytes.Length, destination.Length);
            bytes[..count].CopyTo(destination);
            destination = destination[count..];
            start += count;
        }

        ArrayPool<float>.Shared.Return(numbers);
    }

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name)
    {
        _ = Find(name);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>How a tensor is written, and its bytes with its scales.</summary>
    internal (string Type, long Bytes) Storage(string name)
    {
        var tensor = Find(name);
        var elements = tensor.Entry.Elements;
        return tensor.Encoding switch
        {
            Llama2cEncoding.Int8Groups => ($"int8, a scale for {groupSize}", elements + (elements / groupSize * sizeof(float))),
            Llama2cEncoding.Ternary => ("ternary", sizeof(float) + ((elements + 3) / 4)),
            _ => (TensorType.F32.Name(), tensor.Entry.Bytes),
        };
    }

    private Llama2cLayout ChooseLayout(Llama2cHeader header)
    {
        Llama2cLayout[] layouts = header.Version switch
        {
            0 => [Llama2cLayout.Version0(header)],
            1 when header.IsHeadTied => [Llama2cLayout.Version1(header), Llama2cLayout.Ternary(header)],
            1 => [Llama2cLayout.Version1(header)],
            _ => [Llama2cLayout.Version2(header, hasScalesLast: false), Llama2cLayout.Version2(header, hasScalesLast: true)],
        };
        var fitting = layouts.Where(layout => layout.End == file.Length).ToList();
        if (fitting.Count == 0)
        {
            var lengths = string.Join(" or ", layouts.Select(layout => layout.End).Distinct());
            throw Llama2cHeader.Bad(file, $"expected {lengths} bytes for this header of version {header.Version}, found {file.Length}");
        }

        if (header.Version != 2)
            return fitting[0];
        if (fitting[0].Tensors.FirstOrDefault(tensor => tensor.Encoding == Llama2cEncoding.Int8Groups && tensor.Entry.Elements % header.GroupSize != 0) is { } ragged)
            throw Llama2cHeader.Bad(file, $"tensor `{ragged.Entry.Name}`: expected whole groups of {header.GroupSize}, found {ragged.Entry.Elements} elements");
        return fitting.FirstOrDefault(layout => HasPlausibleScales(layout, header.GroupSize))
            ?? throw Llama2cHeader.Bad(file, $"tensor `{LlamaTensors.Embedding}`: expected scales which are finite and not negative at byte {FirstQuantized(fitting[0]).ScaleOffset}");
    }

    // The two layouts of version 2 have one length. Bytes of weights read as scales are negative or not finite almost at once.
    private bool HasPlausibleScales(Llama2cLayout layout, int size)
    {
        const long Most = 256;
        var tensor = FirstQuantized(layout);
        for (long group = 0; group < Math.Min(Most, tensor.Entry.Elements / size); group++)
        {
            if (!IsScale(Single(tensor.ScaleOffset + (group * sizeof(float)))))
                return false;
        }

        return true;
    }

    private static Llama2cTensor FirstQuantized(Llama2cLayout layout) =>
        layout.Tensors.First(tensor => tensor.Encoding == Llama2cEncoding.Int8Groups);

    // Hub row (head, s, i) is stored as row (head, i, s): s tells the two halves, i the pairs.
    private static long StoredRow(Llama2cTensor tensor, long row)
    {
        var headSize = tensor.Entry.Shape[0] / tensor.RotaryHeads;
        var (head, inHead) = (row / headSize, row % headSize);
        var (half, pair) = (inHead / (headSize / 2), inHead % (headSize / 2));
        return (head * headSize) + (pair * 2) + half;
    }

    private void Decode(Llama2cTensor tensor, long start, Span<float> destination)
    {
        switch (tensor.Encoding)
        {
            case Llama2cEncoding.Int8Groups:
                DecodeInt8(tensor, start, destination);
                break;
            case Llama2cEncoding.Ternary:
                DecodeTernary(tensor, start, destination);
                break;
            default:
                file.Span(tensor.Offset + (start * sizeof(float)), destination.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination));
                break;
        }
    }

    private void DecodeInt8(Llama2cTensor tensor, long start, Span<float> destination)
    {
        while (!destination.IsEmpty)
        {
            var group = start / groupSize;
            var count = (int)Math.Min(destination.Length, ((group + 1) * groupSize) - start);
            var scale = Single(tensor.ScaleOffset + (group * sizeof(float)));
            if (!IsScale(scale))
                throw Llama2cHeader.Bad(file, $"tensor `{tensor.Entry.Name}`: expected a finite scale ≥ 0, found {scale} at byte {tensor.ScaleOffset + (group * sizeof(float))}");
            TensorPrimitives.ConvertTruncating<sbyte, float>(MemoryMarshal.Cast<byte, sbyte>(file.Span(tensor.Offset + start, count)), destination[..count]);
            TensorPrimitives.Multiply(destination[..count], scale, destination[..count]);
            destination = destination[count..];
            start += count;
        }
    }

    private void DecodeTernary(Llama2cTensor tensor, long start, Span<float> destination)
    {
        const int NotTernary = 0b10;
        var scale = Single(tensor.ScaleOffset);
        if (!IsScale(scale))
            throw Llama2cHeader.Bad(file, $"tensor `{tensor.Entry.Name}`: expected a finite scale ≥ 0, found {scale} at byte {tensor.ScaleOffset}");
        ReadOnlySpan<float> values = [0, scale, 0, -scale];
        var first = start / 4;
        var bytes = file.Span(tensor.Offset + first, (int)(((start + destination.Length + 3) / 4) - first));
        for (var index = 0; index < destination.Length; index++)
        {
            var element = start + index;
            var code = (bytes[(int)((element / 4) - first)] >> (int)(6 - (2 * (element % 4)))) & 0b11;
            if (code == NotTernary)
                throw Llama2cHeader.Bad(file, $"tensor `{tensor.Entry.Name}`: expected a code 00, 01 or 11, found 10 at byte {tensor.Offset + (element / 4)}");
            destination[index] = values[code];
        }
    }

    private static bool IsScale(float value) => float.IsFinite(value) && value >= 0;

    private float Single(long offset) => BinaryPrimitives.ReadSingleLittleEndian(file.Span(offset, sizeof(float)));

    private Llama2cTensor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return stored.TryGetValue(name, out var tensor) ? tensor : throw TensorRange.NoSuchTensor(name);
    }
}
