using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Kernels.Formats;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Writes a model as a GGUF file which llama.cpp loads.</summary>
/// <remarks>Norms and biases are F32. Matrices have the type that is asked for; the embedding and the output matrix Q8_0 where that
/// is a four-bit one (Q6_K with q4_k). A matrix whose rows are no whole blocks gets the next type that fits, down to F16. A weight
/// which is packed in the same format already is written as it is. Rows are encoded in parallel; the file does not depend on the
/// number of threads. It appears whole or not at all. Thread-safe.</remarks>
public static class GgufExport
{
    private const int ChunkElements = 1 << 20;
    private const int BufferBytes = 1 << 20;

    /// <summary>The names of the types which can be written.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. GgufExportType.All.Select(type => type.Name)];

    /// <summary>Writes the file.</summary>
    /// <param name="source">The model.</param>
    /// <param name="output">The file to make.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="progress">Gets the fraction done.</param>
    /// <param name="cancellation">Stops the export; nothing is left.</param>
    /// <exception cref="ArgumentException">No such type.</exception>
    /// <exception cref="PithException">GGUF cannot say the model (<see cref="ModelsErrors.CannotWriteGguf"/>), the source is damaged, or
    /// the output cannot be written.</exception>
    public static ModelCopyReport Write(
        ModelSource source, string output, string type, bool replace = false, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        LowRankTensors.RefuseExport(source);
        var wanted = GgufExportType.All.FirstOrDefault(known => known.Name == type)
            ?? throw new ArgumentException($"expected one of {string.Join(", ", Types)}, found {type}", nameof(type));
        if (source.Config is not LlamaConfig { IsBitLinear: false } config)
            throw new PithException(ModelsErrors.CannotWriteGguf, $"{source.Path}: expected a model of the architectures llama, mistral or qwen2, found {source.Config.ModelType}");
        var bundle = source.TokenizerPath is null ? null : source.LoadTokenizer();
        var vocabulary = bundle is null ? null : GgufVocabularySource.Read(bundle, source.Config.VocabularySize);
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source.Path)));
        var pairs = GgufModelPairs.Build(config, name, wanted, vocabulary);
        var tensors = Tensors(config, wanted);
        var parameters = tensors.Where(tensor => tensor.Hub is not null).Sum(tensor => tensor.Elements);
        AtomicFile.Write(
            output,
            stream =>
            {
                var buffered = new BufferedStream(stream, BufferBytes); // not to be disposed: the stream below is another's
                var writer = new GgufWriter(buffered, pairs, [.. tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape))]);
                WriteTensors(source, config, writer, tensors, parameters, progress, cancellation);
                buffered.Flush();
            },
            replace);
        var known = tensors.Select(tensor => tensor.Hub).ToHashSet(StringComparer.Ordinal);
        return new ModelCopyReport(
            output,
            tensors.Count,
            parameters,
            new FileInfo(output).Length,
            string.Join(", ", tensors.GroupBy(tensor => tensor.Type.Name).OrderByDescending(group => group.Sum(tensor => tensor.Elements)).Select(group => group.Key)),
            bundle?.Tokenizer.Kind,
            [],
            Warnings(config, wanted, tensors, vocabulary));
    }

    private static List<Planned> Tensors(LlamaConfig config, GgufExportType wanted)
    {
        var tensors = new List<Planned>();
        foreach (var (hub, shape) in LlamaTensors.Expected(config))
            tensors.Add(new Planned(GgufNames.FromHub(hub)!, hub, wanted.For(hub, shape), shape));
        if (config.RopeScaling.Kind == RopeScalingKind.Llama3)
            tensors.Add(new Planned(GgufNames.RopeFactors, null, GgmlType.Find(0)!, [config.HeadSize / 2]));
        return tensors;
    }

    private static void WriteTensors(
        ModelSource source, LlamaConfig config, GgufWriter writer, List<Planned> tensors, long parameters, IProgress<double>? progress, CancellationToken cancellation)
    {
        var done = 0L;
        foreach (var tensor in tensors)
        {
            writer.Begin(tensor.Name);
            if (tensor.Hub is null)
            {
                var factors = GgufRope.Factors(config);
                var bytes = new byte[factors.Length * sizeof(float)];
                TensorTypes.FromFloats(TensorType.F32, factors, bytes);
                writer.Write(bytes);
                continue;
            }

            WriteTensor(source, config, writer, tensor, elements =>
            {
                done += elements;
                progress?.Report((double)done / parameters);
            }, cancellation);
        }

        writer.Finish();
    }

    private static void WriteTensor(ModelSource source, LlamaConfig config, GgufWriter writer, Planned tensor, Action<long> advance, CancellationToken cancellation)
    {
        var (rows, columns) = tensor.Shape.Count == 1 ? (1L, (int)tensor.Shape[0]) : (tensor.Shape[0], (int)tensor.Shape[1]);
        var isTurned = GgufModelPairs.Architecture(config) == "llama" && GgufNames.IsRotary(tensor.Hub!);
        if (isTurned && tensor.Shape.Count == 1)
            (rows, columns) = (tensor.Shape[0], 1);
        var packed = source.Tensors.ReadPacked(tensor.Hub!) is { } matrix && matrix.Codec.Format == tensor.Type.Format ? matrix : null;
        var rowBytes = columns / tensor.Type.BlockValues * tensor.Type.BlockBytes;
        var chunk = (int)Math.Clamp(ChunkElements / columns, 1, rows);
        var values = new float[packed is null ? (long)chunk * columns : 0];
        var bytes = new byte[(long)chunk * rowBytes];
        for (var first = 0L; first < rows; first += chunk)
        {
            var count = (int)Math.Min(chunk, rows - first);
            var start = first;
            if (packed is null)
            {
                for (var row = 0; row < count; row++)
                {
                    var numbers = values.AsSpan(row * columns, columns);
                    source.Tensors.ReadFloats(tensor.Hub!, HubRow(start + row) * columns, numbers);
                    Check(source, tensor, HubRow(start + row), numbers);
                }
            }

            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, row =>
            {
                var destination = bytes.AsSpan(row * rowBytes, rowBytes);
                if (packed is null)
                    Encode(tensor.Type, values.AsSpan(row * columns, columns), destination);
                else
                    CopyRow(packed, (int)HubRow(start + row), tensor.Type, destination);
            });
            writer.Write(bytes.AsSpan(0, count * rowBytes));
            advance((long)count * columns);
        }

        long HubRow(long row) => isTurned ? GgufRotary.HubRow(row, config.HeadSize) : row;
    }

    private static void CopyRow(PackedMatrix matrix, int row, GgmlType type, Span<byte> destination)
    {
        var (codeBytes, scaleBytes) = (matrix.Codec.CodeBytes(matrix.Columns), matrix.Codec.ScaleBytes(matrix.Columns));
        var codes = matrix.Codes.Span.Slice(row * codeBytes, codeBytes);
        if (type.IsMxfp4)
            GgmlMxfp4.FromCodesAndScales(codes, matrix.Scales.Span.Slice(row * scaleBytes, scaleBytes), destination);
        else
            codes.CopyTo(destination);
    }

    private static void Check(ModelSource source, Planned tensor, long row, ReadOnlySpan<float> values)
    {
        for (var column = 0; column < values.Length; column++)
        {
            if (!float.IsFinite(values[column]))
                throw new PithException(ModelsErrors.NonFiniteWeight, FormattableString.Invariant($"{source.Path}: {tensor.Hub}: expected finite numbers, found {values[column]} at row {row}, column {column}"));
            if (tensor.Type.Plain == TensorType.F16 && !Half.IsFinite((Half)values[column]))
                throw new PithException(ModelsErrors.CannotWriteGguf, FormattableString.Invariant($"{source.Path}: {tensor.Hub}: expected numbers up to 65504 for F16, found {values[column]} at row {row}, column {column}; choose bf16 or f32"));
        }
    }

    private static void Encode(GgmlType type, ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (type.Plain is { } plain)
            TensorTypes.FromFloats(plain, values, destination);
        else if (type.IsMxfp4)
            GgmlMxfp4.Encode(values, destination);
        else
            FormatCodecs.For(type.Format!).Encode(values, destination, []);
    }

    private static List<string> Warnings(LlamaConfig config, GgufExportType wanted, List<Planned> tensors, GgufVocabulary? vocabulary)
    {
        var warnings = new List<string>();
        if (vocabulary is null)
            warnings.Add("no tokenizer was found; llama.cpp will load the file but take token ids only");
        if (config.SlidingWindow is { } window)
            warnings.Add($"llama.cpp has no attention window for this architecture: texts longer than {window} tokens will differ");
        var narrow = tensors.Where(tensor => tensor.Shape.Count == 2 && tensor.Type != wanted.Tensor && tensor.Type != wanted.Ends).ToList();
        if (narrow.Count > 0)
        {
            warnings.Add($"{narrow.Count} matrices with rows that are no whole blocks of {wanted.Tensor.BlockValues} are written as "
                + string.Join(", ", narrow.Select(tensor => tensor.Type.Name).Distinct()));
        }

        return warnings;
    }

    private sealed record Planned(string Name, string? Hub, GgmlType Type, IReadOnlyList<long> Shape)
    {
        public long Elements => Shape.Aggregate(1L, (product, length) => product * length);
    }
}
