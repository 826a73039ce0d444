using System.Buffers;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Core.Plans;
using Pith.Kernels.Conversions;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints.Packed;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints;

/// <summary>Writes a model directory: <c>config.json</c>, <c>model.safetensors</c>, the tokenizer, and <c>plan.json</c> if the model is
/// quantized.</summary>
/// <remarks>Weights stream through: what is held is a small buffer for each tensor that is begun. The directory appears under its
/// name at <see cref="Commit"/>, whole; without it nothing is left. Layout: docs/reference/container.md. Not thread-safe.</remarks>
public sealed class ModelDirectoryWriter : IDisposable
{
    // Two megabytes: long writes, and still in a core's cache when they are checked.
    private const int ChunkBytes = 1 << 21;

    private static readonly (string Extension, string Name)[] TokenizerNames =
        [(".json", "tokenizer.json"), (".model", "tokenizer.model"), (".bin", "tokenizer.bin")];

    private readonly AtomicDirectory directory;
    private readonly SafetensorsWriter writer;
    private readonly Dictionary<string, StoredWeight> weights;

    private ModelDirectoryWriter(AtomicDirectory directory, SafetensorsWriter writer, IReadOnlyList<StoredWeight> weights)
    {
        this.directory = directory;
        this.writer = writer;
        this.weights = weights.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        InFileOrder = [.. writer.InFileOrder.Select(entry => OwnerOf(entry.Name)).OfType<StoredWeight>()];
    }

    /// <summary>The weights in the order of their (first) bytes: the fastest order to write them in.</summary>
    public IReadOnlyList<StoredWeight> InFileOrder { get; }

    /// <summary>Starts a directory, and writes everything but the weights and the tokenizer.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="config">The model.</param>
    /// <param name="weights">Every tensor that is going to be written.</param>
    /// <param name="plan">What was decided; no <c>plan.json</c> is written for null or an empty plan.</param>
    /// <param name="replace">Whether an existing directory is replaced.</param>
    /// <exception cref="PithException">The name is taken or cannot be written to.</exception>
    public static ModelDirectoryWriter Create(
        string path, ModelConfig config, IReadOnlyList<StoredWeight> weights, Plan? plan = null, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var output = AtomicDirectory.Create(path, replace);
        try
        {
            var isPacked = weights.Any(weight => weight.Format is not null);
            var json = config.ToJson(CommonType(weights), isPacked);
            File.WriteAllText(output.FilePath("config.json"), json);
            if (plan is { Sites.IsEmpty: false })
                File.WriteAllText(output.FilePath("plan.json"), plan.ToJson());
            var packed = weights.Where(weight => weight.Format is not null).Select(weight => (weight.Name, Meta: MetaOf(weight))).ToList();
            var entries = weights.Where(weight => weight.Format is null)
                .Select(weight => new TensorEntry(weight.Name, weight.Type, weight.Shape))
                .Concat(packed.SelectMany(weight => weight.Meta.Parts(weight.Name))).ToList();
            var metadata = packed.Select(weight => KeyValuePair.Create(weight.Name + PackedWeightMeta.Suffix, weight.Meta.Write()));
            return new ModelDirectoryWriter(output, SafetensorsWriter.Create(output.FilePath("model.safetensors"), entries, metadata), weights);
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>Appends numbers to a plain tensor, rounded to its type.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="values">The next elements, row-major.</param>
    public void WriteFloats(string name, ReadOnlySpan<float> values) => writer.WriteFloats(name, values);

    /// <summary>Writes a weight: packed, or as it is where the matrix is in a wide format.</summary>
    /// <param name="name">The weight.</param>
    /// <param name="matrix">All of it, in the format that was announced.</param>
    /// <exception cref="ArgumentException">Another format or shape.</exception>
    public void WritePacked(string name, PackedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var weight = Find(name);
        var found = StoredWeight.In(matrix.Codec.Format, name, [matrix.Rows, matrix.Columns]);
        if (found.Format != weight.Format || found.Type != weight.Type || !weight.Shape.SequenceEqual(found.Shape))
            throw new ArgumentException($"{name}: expected {weight.Format?.ToString() ?? weight.Type.Name()} {Names.Show(weight.Shape)}, found {matrix.Codec.Format} {Names.Show(found.Shape)}", nameof(matrix));
        if (weight.Format is null)
        {
            writer.WriteBytes(name, matrix.Codes.Span);
            return;
        }

        writer.WriteBytes(name + ".q", matrix.Codes.Span);
        if (weight.Format.HasScaleBytes)
            writer.WriteBytes(name + ".s", matrix.Scales.Span);
        if (weight.Format.HasTensorParameter)
            writer.WriteFloats(name + ".ts", [matrix.TensorParameter]);
    }

    /// <summary>Copies a tensor from a checkpoint, in the type announced here.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="name">A plain tensor of both.</param>
    /// <param name="where">The checkpoint's path, for messages.</param>
    /// <param name="progress">Gets the elements copied at each step.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="PithException">An element is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>).</exception>
    public void Copy(ITensorSource source, string name, string where, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var weight = Find(name);
        if (source.Tensors[name].Type == weight.Type && source.ReadPacked(name) is null)
            CopyBytes(source, source.Tensors[name], where, progress, cancellation);
        else
            CopyNumbers(source, source.Tensors[name], where, progress, cancellation);
    }

    /// <summary>Copies the files of a tokenizer.</summary>
    /// <param name="tokenizer">A tokenizer that was read.</param>
    /// <remarks>Files of other names get the usual ones, by their extension.</remarks>
    public void CopyTokenizer(TokenizerBundle tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        for (var index = 0; index < tokenizer.Files.Count; index++)
        {
            var file = tokenizer.Files[index];
            var row = Array.Find(TokenizerNames, row => row.Extension == Path.GetExtension(file));
            var isVocabulary = index == 0 && Path.GetFileName(file) is not ("vocab.json" or "encoder.json");
            CopyFile(file, isVocabulary && row.Name is not null ? row.Name : Path.GetFileName(file));
        }

        foreach (var (name, bytes) in tokenizer.Contents)
            File.WriteAllBytes(directory.FilePath(name), bytes.Span);
    }

    /// <summary>Copies a file into the directory.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="name">Its name there.</param>
    /// <remarks>The content alone: a source which may not be written must not make such a copy.</remarks>
    public void CopyFile(string file, string name)
    {
        using var from = File.OpenRead(file);
        using var to = new FileStream(directory.FilePath(name), FileMode.CreateNew, FileAccess.Write);
        from.CopyTo(to);
    }

    /// <summary>Writes a small file into the directory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">All of it.</param>
    public void WriteFile(string name, ReadOnlySpan<byte> content) => File.WriteAllBytes(directory.FilePath(name), content);

    /// <summary>Checks that every tensor is complete and gives the directory its name.</summary>
    /// <returns>Bytes of all its files.</returns>
    /// <exception cref="InvalidOperationException">A tensor lacks elements.</exception>
    /// <exception cref="PithException">The rename failed.</exception>
    public long Commit()
    {
        writer.Finish();
        writer.Dispose();
        var bytes = new DirectoryInfo(directory.Path).EnumerateFiles().Sum(file => file.Length);
        directory.Commit();
        return bytes;
    }

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        writer.Dispose();
        directory.Dispose();
    }

    private void CopyBytes(ITensorSource source, TensorEntry entry, string where, Action<long>? progress, CancellationToken cancellation)
    {
        var size = entry.Type.Bytes();
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(entry.Bytes, ChunkBytes));
        try
        {
            for (var start = 0L; start < entry.Bytes; start += ChunkBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, (int)Math.Min(entry.Bytes - start, ChunkBytes));
                source.ReadBytes(entry.Name, start, bytes);
                if (TensorTypes.IndexOfNonFinite(entry.Type, bytes) is var index and >= 0)
                    throw NonFinite(source, entry.Name, (start / size) + index, where);
                writer.WriteBytes(entry.Name, bytes);
                progress?.Invoke(bytes.Length / size);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CopyNumbers(ITensorSource source, TensorEntry entry, string where, Action<long>? progress, CancellationToken cancellation)
    {
        const int ChunkElements = ChunkBytes / sizeof(float);
        var buffer = ArrayPool<float>.Shared.Rent((int)Math.Min(entry.Elements, ChunkElements));
        try
        {
            for (var start = 0L; start < entry.Elements; start += ChunkElements)
            {
                cancellation.ThrowIfCancellationRequested();
                var values = buffer.AsSpan(0, (int)Math.Min(entry.Elements - start, ChunkElements));
                source.ReadFloats(entry.Name, start, values);
                if (FloatConversion.IndexOfNonFinite(values) is var index and >= 0)
                    throw NonFinite(source, entry.Name, start + index, where);
                writer.WriteFloats(entry.Name, values);
                progress?.Invoke(values.Length);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static PithException NonFinite(ITensorSource source, string name, long element, string where)
    {
        var value = 0f;
        source.ReadFloats(name, element, new Span<float>(ref value));
        return new PithException(ModelsErrors.NonFiniteWeight, $"{where}: tensor `{name}`: expected finite numbers, found {value} at element {element}");
    }

    // Stock loaders cast every weight to one type; a mixture is safe only in the widest.
    private static TensorType CommonType(IReadOnlyList<StoredWeight> weights)
    {
        var types = weights.Where(weight => weight.Format is null).Select(weight => weight.Type).Distinct().ToList();
        return types.Count == 1 ? types[0] : TensorType.F32;
    }

    private static PackedWeightMeta MetaOf(StoredWeight weight) => weight.Shape is [var rows, var columns]
        ? new PackedWeightMeta(weight.Format!, checked((int)rows), checked((int)columns))
        : throw new ArgumentException($"{weight.Name}: expected [outputs, inputs], found {Names.Show(weight.Shape)}", nameof(weight));

    private StoredWeight? OwnerOf(string tensor) =>
        weights.GetValueOrDefault(tensor) ?? (tensor.EndsWith(".q", StringComparison.Ordinal) ? weights.GetValueOrDefault(tensor[..^2]) : null);

    private StoredWeight Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return weights.TryGetValue(name, out var weight) ? weight : throw TensorRange.NoSuchTensor(name);
    }
}
