using Pith.Core.Formats;
using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Checkpoints.Packed;

namespace Pith.Models.Checkpoints;

/// <summary>What one wants to know of a model before using it.</summary>
/// <remarks>Nothing but headers and the tokenizer is read. Immutable.</remarks>
public sealed record ModelSummary
{
    /// <summary>What kind of files it is.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>The shape of the model.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>All numbers of the model; a tied head counts once.</summary>
    public required long Parameters { get; init; }

    /// <summary>Those in the weights of the blocks' matrix products.</summary>
    public required long BlockParameters { get; init; }

    /// <summary>Stored bytes of all tensors.</summary>
    public required long Bytes { get; init; }

    /// <summary>How the tensors are stored: element type or number format, how many, and their bytes; most bytes first.</summary>
    public required IReadOnlyList<(string Type, int Tensors, long Bytes)> Storage { get; init; }

    /// <summary>Stored bits a weight over the quantized weights, their low-rank corrections included: those to which the plan gives a format;
    /// null where none is.</summary>
    public required double? AverageBits { get; init; }

    /// <summary>How many sites the plan gives which formats: weights (right operand) and activations (left operand).</summary>
    public required IReadOnlyList<(string Weights, string Activations, int Sites)> Decisions { get; init; }

    /// <summary>The kind of tokenizer and its number of ids; null where none was found.</summary>
    public required (string Kind, int VocabularySize)? Tokenizer { get; init; }

    /// <summary>Looks at a model.</summary>
    /// <exception cref="Pith.Core.Diagnostics.PithException">Its tokenizer cannot be read.</exception>
    public static ModelSummary Of(ModelSource model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var formats = model.PackedFormats;
        var stored = model.Config.Tensors.Select(tensor => Stored(model, tensor.Name, formats.GetValueOrDefault(tensor.Name))).ToList();
        var planned = model.Plan.Sites.Where(site => site.Key.HasWeight && site.Value.Weights is not null)
            .Select(site => model.Config.WeightNameOf(site.Key)).ToHashSet(StringComparer.Ordinal);
        var quantized = model.Config.Tensors.Zip(stored, (tensor, storage) => (tensor.Name, Storage: storage))
            .Where(tensor => tensor.Storage.IsPacked || planned.Contains(tensor.Name)).Select(tensor => tensor.Storage).ToList();
        var corrections = model.Config.Tensors.SelectMany(tensor => LowRankTensors.Of(model.Tensors, tensor.Name))
            .Select(name => Stored(model, name, formats.GetValueOrDefault(name))).ToList();
        var tokenizer = model.TokenizerPath is null ? null : model.LoadTokenizer().Tokenizer;
        return new ModelSummary
        {
            Kind = model.Kind,
            Config = model.Config,
            Parameters = stored.Sum(tensor => tensor.Elements),
            BlockParameters = model.Config.Sites.Sum(shape => shape.Weights),
            Bytes = stored.Concat(corrections).Sum(tensor => tensor.Bytes),
            Storage = [.. stored.Concat(corrections).GroupBy(tensor => tensor.Type, StringComparer.Ordinal)
                .Select(group => (group.Key, group.Count(), group.Sum(tensor => tensor.Bytes))).OrderByDescending(row => row.Item3)],
            AverageBits = quantized.Count == 0 ? null : 8.0 * quantized.Concat(corrections).Sum(tensor => tensor.Bytes) / quantized.Sum(tensor => tensor.Elements),
            Decisions = [.. model.Plan.Sites.Values
                .GroupBy(decision => (Text(decision.Weights), Text(decision.Activations)))
                .Select(group => (group.Key.Item1, group.Key.Item2, group.Count())).OrderByDescending(row => row.Item3)],
            Tokenizer = tokenizer is null ? null : (tokenizer.Kind, tokenizer.VocabularySize),
        };
    }

    private static string Text(NumberFormat? format) => format?.ToString() ?? "–";

    private static (string Type, long Elements, long Bytes, bool IsPacked) Stored(ModelSource model, string name, NumberFormat? format)
    {
        var entry = model.Tensors.Tensors[name];
        if (model.Tensors is Llama2cFile file)
        {
            var (type, length) = file.Storage(name);
            return (type, entry.Elements, length, false);
        }

        return format is null
            ? (entry.Type.Name(), entry.Elements, entry.Bytes, false)
            : (format.ToString(), entry.Elements, new PackedWeightMeta(format, (int)entry.Rows, entry.Columns).Parts(name).Sum(part => part.Bytes), true);
    }
}
