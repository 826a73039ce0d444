using System.Buffers;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A GGUF file of a model of the Llama family, or of an encoder, memory-mapped.</summary>
/// <remarks>Presents hub names and the hub's order of rows: those of the query and key projections, which the architecture llama has
/// in the order of rotary pairs (2i, 2i+1), are given for pairs (i, i + head/2). A tensor in blocks is a packed weight: it is
/// listed as F32, reads as the numbers its blocks stand for, and is given packed, in place where its rows are in order. See
/// <see cref="ITensorSource"/> for thread safety and lifetime.</remarks>
public sealed class GgufFile : ITensorSource
{
    private readonly MappedFile file;
    private readonly GgufHeader header;
    private readonly Dictionary<string, GgufTensor> stored = new(StringComparer.Ordinal);

    private GgufFile(MappedFile file)
    {
        this.file = file;
        header = GgufHeader.Read(file);
        var isBert = header.Metadata.Text("general.architecture") == GgufBert.Architecture;
        var entries = new List<TensorEntry>();
        foreach (var tensor in header.Tensors)
        {
            var name = isBert ? GgufBert.ToHub(tensor.Name) : GgufNames.ToHub(tensor.Name);
            if (!stored.TryAdd(name, tensor))
                throw new PithException(ModelsErrors.BadGgufTensor, $"{file.Path}: expected one tensor for `{Names.Show(name)}`, found two");
            entries.Add(new TensorEntry(name, tensor.Type.Plain ?? TensorType.F32, tensor.Shape));
        }

        InFileOrder = entries;
        Tensors = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        Config = isBert ? GgufBert.ReadConfig(header) : GgufConfig.Read(header, RopeFactors());
        PackedFormats = stored.Where(pair => IsPacked(pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value.Type.Format!, StringComparer.Ordinal);
        CheckRotaryRows();
    }

    /// <summary>The shape of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>The version of the file, 2 or 3.</summary>
    public int Version => header.Version;

    /// <summary>Whether the metadata name a tokenizer.</summary>
    public bool HasTokenizer => header.Metadata.Has(GgufVocabulary.Prefix + "model") && header.Metadata.Text(GgufVocabulary.Prefix + "model") != GgufVocabulary.None;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder { get; }

    /// <summary>Names of the weights in blocks with their formats.</summary>
    public IReadOnlyDictionary<string, NumberFormat> PackedFormats { get; }

    /// <summary>Maps a file and checks its header; no number is read.</summary>
    /// <exception cref="PithException">There is no such file, it is malformed, or something in it is not read.</exception>
    public static GgufFile Open(string path)
    {
        var mapped = MappedFile.Open(path);
        try
        {
            return new GgufFile(mapped);
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
        _ = TensorRange.Check(Tensors[name], start, destination.Length);
        var columns = (int)tensor.Columns;
        float[]? part = null;
        while (!destination.IsEmpty)
        {
            var (row, column) = (start / columns, (int)(start % columns));
            var count = Math.Min(destination.Length, columns - column);
            if (count == columns)
            {
                DecodeRow(tensor, StoredRow(name, row), destination[..count]);
            }
            else
            {
                part ??= ArrayPool<float>.Shared.Rent(columns);
                DecodeRow(tensor, StoredRow(name, row), part.AsSpan(0, columns));
                part.AsSpan(column, count).CopyTo(destination);
            }

            destination = destination[count..];
            start += count;
        }

        if (part is not null)
            ArrayPool<float>.Shared.Return(part);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A weight in blocks: what is listed of it are not its bytes.</exception>
    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        var tensor = Find(name);
        if (tensor.Type.Plain is null)
            throw new ArgumentException($"expected a tensor of plain numbers, found {name} in {tensor.Type.Name}", nameof(name));
        TensorRange.CheckBytes(Tensors[name], start, destination.Length);
        while (!destination.IsEmpty)
        {
            var (row, at) = (start / tensor.RowBytes, (int)(start % tensor.RowBytes));
            var count = Math.Min(destination.Length, tensor.RowBytes - at);
            Row(tensor, StoredRow(name, row)).Slice(at, count).CopyTo(destination);
            destination = destination[count..];
            start += count;
        }
    }

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name)
    {
        var tensor = Find(name);
        if (!IsPacked(tensor))
            return null;
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Columns);
        var format = tensor.Type.Format!;
        if (!tensor.Type.IsMxfp4)
            return new PackedMatrix(format, rows, columns, IsTurned(name) ? Turned(name, tensor) : file.Memory(tensor.Offset, (int)tensor.Bytes), default, 0);
        var codec = FormatCodecs.For(format);
        var (codeBytes, scaleBytes) = (codec.CodeBytes(columns), codec.ScaleBytes(columns));
        var codes = new byte[(long)rows * codeBytes];
        var scales = new byte[(long)rows * scaleBytes];
        for (var row = 0; row < rows; row++)
            GgmlMxfp4.ToCodesAndScales(Row(tensor, StoredRow(name, row)), codes.AsSpan(row * codeBytes, codeBytes), scales.AsSpan(row * scaleBytes, scaleBytes));
        return new PackedMatrix(format, rows, columns, codes, scales, 0);
    }

    /// <summary>Reads the tokenizer in the metadata.</summary>
    /// <exception cref="PithException">There is none, or it is of a kind that is not read.</exception>
    public TokenizerBundle LoadTokenizer() => GgufTokenizer.Read(header.Metadata);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static bool IsPacked(GgufTensor tensor) => tensor.Type.Format is not null && tensor.Shape.Count == 2 && tensor.Bytes <= int.MaxValue;

    private bool IsTurned(string name) => Config.ModelType == "llama" && GgufNames.IsRotary(name);

    private long StoredRow(string name, long row) => IsTurned(name) ? GgufRotary.StoredRow(row, Config.HeadSize) : row;

    private ReadOnlySpan<byte> Row(GgufTensor tensor, long row) => file.Span(tensor.Offset + (row * tensor.RowBytes), tensor.RowBytes);

    private void DecodeRow(GgufTensor tensor, long row, Span<float> destination)
    {
        var bytes = Row(tensor, row);
        if (tensor.Type.Plain is { } plain)
        {
            TensorTypes.ToFloats(plain, bytes, destination);
        }
        else if (tensor.Type.IsMxfp4)
        {
            var blocks = bytes.Length / GgmlMxfp4.Bytes;
            var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
            var scales = rented.AsSpan(0, blocks);
            var codes = rented.AsSpan(blocks, bytes.Length - blocks);
            GgmlMxfp4.ToCodesAndScales(bytes, codes, scales);
            FormatCodecs.For(tensor.Type.Format!).Decode(codes, scales, destination);
            ArrayPool<byte>.Shared.Return(rented);
        }
        else
        {
            FormatCodecs.For(tensor.Type.Format!).Decode(bytes, [], destination);
        }
    }

    private byte[] Turned(string name, GgufTensor tensor)
    {
        var bytes = new byte[tensor.Bytes];
        for (var row = 0L; row < tensor.Shape[0]; row++)
            Row(tensor, StoredRow(name, row)).CopyTo(bytes.AsSpan((int)(row * tensor.RowBytes)));
        return bytes;
    }

    private float[]? RopeFactors()
    {
        if (!stored.TryGetValue(GgufNames.RopeFactors, out var tensor))
            return null;
        const int Most = 4096;
        if (tensor.Type.Plain != TensorType.F32 || tensor.Shape is not [<= Most])
            throw new PithException(ModelsErrors.BadGgufTensor, $"{file.Path}: tensor `{GgufNames.RopeFactors}`: expected at most {Most} numbers in F32, found {tensor.Type.Name} {Names.Show(tensor.Shape)}");
        var factors = new float[tensor.Columns];
        TensorTypes.ToFloats(TensorType.F32, file.Span(tensor.Offset, (int)tensor.Bytes), factors);
        return factors;
    }

    // Rows are turned by whole heads, so a tensor of another height would be read past its end. A bias is a column of one number a row.
    private void CheckRotaryRows()
    {
        foreach (var (name, tensor) in stored.ToList())
        {
            if (!IsTurned(name))
                continue;
            if (tensor.Shape.Count > 2 || tensor.Shape[0] % Config.HeadSize != 0 || (tensor.Shape.Count == 1 && tensor.Type.Plain is null))
                throw new PithException(ModelsErrors.WrongShape, $"{file.Path}: tensor `{Names.Show(tensor.Name)}`: expected heads of {Config.HeadSize} rows, found {Names.Show(tensor.Shape)}");
            if (tensor.Shape.Count == 1)
                stored[name] = tensor with { Shape = [tensor.Shape[0], 1] };
        }
    }

    private GgufTensor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return stored.TryGetValue(name, out var tensor) ? tensor : throw TensorRange.NoSuchTensor(name);
    }
}
