using System.Buffers;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Kernels.Conversions;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints;

/// <summary>Brings a model from any readable kind into a directory of ours, or from there into one that stock loaders read.</summary>
/// <remarks>Nothing is rounded: weights keep their type, and what is computed (llama2.c, packed weights) is written as BF16 where
/// that loses nothing, else as F32. Weights stream through in pieces of a few megabytes. A tensor with a NaN or an infinity
/// stops the copy. The directory appears whole or not at all. Thread-safe.</remarks>
public static class ModelCopy
{
    private const int ChunkElements = 1 << 20;
    private const string GenerationConfig = "generation_config.json";

    /// <summary>Writes a directory of ours: packed weights stay packed.</summary>
    /// <param name="source">The model.</param>
    /// <param name="output">The directory to make.</param>
    /// <param name="replace">Whether an existing directory is replaced.</param>
    /// <param name="progress">Gets the fraction done.</param>
    /// <param name="cancellation">Stops the copy; nothing is left.</param>
    /// <exception cref="PithException">The source is damaged, or the output cannot be written.</exception>
    public static ModelCopyReport Import(
        ModelSource source, string output, bool replace = false, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Write(source, output, replace, keepsPacked: true, progress, cancellation);

    /// <summary>Writes a Hugging Face directory: packed weights are dequantized, exactly.</summary>
    /// <param name="source">The model.</param>
    /// <param name="output">The directory to make.</param>
    /// <param name="replace">Whether an existing directory is replaced.</param>
    /// <param name="progress">Gets the fraction done.</param>
    /// <param name="cancellation">Stops the copy; nothing is left.</param>
    /// <exception cref="PithException">The source is damaged, stock loaders cannot compute it (<see cref="ModelsErrors.CannotExport"/>),
    /// or the output cannot be written.</exception>
    public static ModelCopyReport ExportToHuggingFace(
        ModelSource source, string output, bool replace = false, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        LowRankTensors.RefuseExport(source);
        if (source.Config is LlamaConfig { IsBitLinear: true })
        {
            throw new PithException(
                ModelsErrors.CannotExport,
                $"{source.Path}: expected a model of the architectures llama, mistral or qwen2, found {source.Config.ModelType}, whose linear layers normalise and round their input");
        }

        return Write(source, output, replace, keepsPacked: false, progress, cancellation);
    }

    private static ModelCopyReport Write(
        ModelSource source, string output, bool replace, bool keepsPacked, IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.CheckOutput(output);
        var tokenizer = source.TokenizerPath is null ? null : source.LoadTokenizer();
        List<string> expected = [.. source.Config.Tensors.SelectMany(tensor => LowRankTensors.Of(source.Tensors, tensor.Name).Prepend(tensor.Name))];
        var parameters = expected.Sum(name => source.Tensors.Tensors[name].Elements);
        var weights = expected.ConvertAll(name => WeightFor(source, name, keepsPacked, cancellation));
        var order = source.InFileOrder.Select((entry, index) => (entry.Name, index))
            .ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);

        long bytes;
        using (var writer = ModelDirectoryWriter.Create(output, source.Config, weights, keepsPacked ? source.Plan : Plan.Empty, replace))
        {
            var done = 0L;
            foreach (var weight in weights.OrderBy(weight => order.GetValueOrDefault(weight.Name, order.GetValueOrDefault(weight.Name + ".q"))))
            {
                if (weight.Format is not null)
                {
                    writer.WritePacked(weight.Name, source.Tensors.ReadPacked(weight.Name)!);
                    Advance(source.Tensors.Tensors[weight.Name].Elements);
                }
                else
                {
                    writer.Copy(source.Tensors, weight.Name, source.Path, Advance, cancellation);
                }

                cancellation.ThrowIfCancellationRequested();
            }

            if (tokenizer is not null)
                writer.CopyTokenizer(tokenizer);
            if (Directory.Exists(source.Path) && Path.Combine(source.Path, GenerationConfig) is var generation && File.Exists(generation))
                writer.CopyFile(generation, GenerationConfig);
            bytes = writer.Commit();

            void Advance(long elements)
            {
                done += elements;
                progress?.Report((double)done / parameters);
            }
        }

        var types = weights.Where(weight => weight.Format is null).Select(weight => weight.Type.Name()).Distinct().ToList();
        return new ModelCopyReport(
            output,
            weights.Count,
            parameters,
            bytes,
            types.Count == 1 ? types[0] : "mixed",
            tokenizer?.Tokenizer.Kind,
            Ignored(source, expected),
            Warnings(source, tokenizer));
    }

    private static StoredWeight WeightFor(ModelSource source, string name, bool keepsPacked, CancellationToken cancellation)
    {
        var entry = source.Tensors.Tensors[name];
        var format = source.PackedFormats.GetValueOrDefault(name);
        if (format is not null && keepsPacked)
            return new StoredWeight(name, entry.Shape, entry.Type, format);
        var isComputed = format is not null || source.Kind == ModelKind.Llama2c;
        if (isComputed || entry.Type == TensorType.F64)
            return new StoredWeight(name, entry.Shape, isComputed && IsBFloat16(source.Tensors, entry, cancellation) ? TensorType.BF16 : TensorType.F32);
        return new StoredWeight(name, entry.Shape, entry.Type);
    }

    // Stops at the first piece that would lose something, which for ordinary F32 weights is the first of all.
    private static bool IsBFloat16(ITensorSource source, TensorEntry entry, CancellationToken cancellation)
    {
        var buffer = ArrayPool<float>.Shared.Rent((int)Math.Min(entry.Elements, ChunkElements));
        try
        {
            for (var start = 0L; start < entry.Elements; start += ChunkElements)
            {
                cancellation.ThrowIfCancellationRequested();
                var values = buffer.AsSpan(0, (int)Math.Min(entry.Elements - start, ChunkElements));
                source.ReadFloats(entry.Name, start, values);
                if (!FloatConversion.IsBFloat16(values))
                    return false;
            }

            return true;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static List<string> Ignored(ModelSource source, IEnumerable<string> used)
    {
        var known = used.ToHashSet(StringComparer.Ordinal);
        var packed = source.PackedFormats;
        return [.. source.InFileOrder.Select(entry => entry.Name).Where(name => !known.Contains(name) && !IsPart(name)).Order(StringComparer.Ordinal)];

        bool IsPart(string name) => name.LastIndexOf('.') is var dot and > 0 && packed.ContainsKey(name[..dot]);
    }

    private static List<string> Warnings(ModelSource source, TokenizerBundle? tokenizer)
    {
        var warnings = new List<string>();
        if (tokenizer is null)
            warnings.Add("no tokenizer was found; name one with --tokenizer to make the model usable with text");
        else if (tokenizer.Tokenizer.VocabularySize > source.Config.VocabularySize)
            warnings.Add($"the tokenizer has {tokenizer.Tokenizer.VocabularySize} ids, the model {source.Config.VocabularySize}");
        if (source.InFileOrder.Any(entry => entry.Type == TensorType.F64))
            warnings.Add("F64 weights were rounded to F32");
        return warnings;
    }
}
