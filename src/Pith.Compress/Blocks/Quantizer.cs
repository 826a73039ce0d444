using Pith.Compress.Corrections;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Blocks;

/// <summary>Writes the quantized copy of a model.</summary>
/// <remarks>Weights of the blocks are packed in the plan's formats; other tensors, tokenizer and configuration are copied. Models of any
/// size: in memory are the packed form of one weight, a few megabytes for each thread, and nothing else; for a weight with a low-rank
/// correction also the weight and its error as numbers. The directory appears whole or not at all. Thread-safe.</remarks>
public static class Quantizer
{
    private const string GenerationConfig = "generation_config.json";

    /// <summary>Quantizes a model.</summary>
    /// <param name="source">The model, not quantized yet.</param>
    /// <param name="output">The directory to make.</param>
    /// <param name="options">To what.</param>
    /// <param name="progress">Gets the fraction done, from any thread.</param>
    /// <param name="cancellation">Stops between chunks of rows; nothing is left then.</param>
    /// <exception cref="PithException">The options do not fit the model (<see cref="CompressErrors.NothingToDo"/>,
    /// <see cref="CompressErrors.UnknownSites"/>, <see cref="CompressErrors.AlreadyQuantized"/>), a weight is not finite
    /// (<see cref="CompressErrors.NonFiniteWeight"/>), or the output cannot be written.</exception>
    public static QuantizeResult Quantize(
        ModelSource source, string output, QuantizeOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentNullException.ThrowIfNull(options);
        var tokens = options.Tokens ?? source.Config.ContextLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1, nameof(options));
        if (source.PackedFormats.Count > 0 || !source.Plan.Sites.IsEmpty)
        {
            var formats = string.Join(", ", source.PackedFormats.Values.Select(format => format.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            throw new PithException(
                CompressErrors.AlreadyQuantized,
                $"{source.Path}: expected a model in full precision, found one with {(formats.Length > 0 ? "weights in " + formats : "a plan.json")}");
        }

        source.CheckOutput(output);
        var plan = options.PlanFor(source.Config);
        return new Work(source, options, plan, progress, cancellation).Write(output, tokens);
    }

    /// <summary>One run.</summary>
    private sealed class Work
    {
        private readonly ModelSource source;
        private readonly QuantizeOptions options;
        private readonly Plan plan;
        private readonly IProgress<double>? progress;
        private readonly CancellationToken cancellation;
        private readonly Dictionary<string, Site> sites;
        private readonly long elements;
        private readonly CalibratedInputs inputs;
        private long done;

        public Work(ModelSource source, QuantizeOptions options, Plan plan, IProgress<double>? progress, CancellationToken cancellation)
        {
            this.source = source;
            this.options = options;
            this.plan = plan;
            this.progress = progress;
            this.cancellation = cancellation;
            inputs = new CalibratedInputs(options.Calibration);
            sites = source.Config.Sites.Where(shape => shape.Site.HasWeight)
                .ToDictionary(shape => source.Config.WeightNameOf(shape.Site), shape => shape.Site, StringComparer.Ordinal);
            elements = source.Config.Tensors.Sum(tensor => source.Tensors.Tensors[tensor.Name].Elements);
        }

        public QuantizeResult Write(string output, int tokens)
        {
            var weights = source.Config.Tensors.SelectMany(tensor => StoredAs(source.Tensors.Tensors[tensor.Name])).ToList();
            var factors = weights.Select(weight => weight.Name).Except(source.Config.Tensors.Select(tensor => tensor.Name), StringComparer.Ordinal)
                .ToHashSet(StringComparer.Ordinal);
            var tokenizer = source.TokenizerPath is null ? null : source.LoadTokenizer();
            var quantized = new List<QuantizedSite>();
            using var writer = ModelDirectoryWriter.Create(output, source.Config, weights, plan, options.Replace);
            foreach (var weight in writer.InFileOrder)
            {
                if (FormatOf(weight.Name) is { } format)
                    quantized.Add(Quantize(writer, weight, format));
                else if (!factors.Contains(weight.Name))
                    writer.Copy(source.Tensors, weight.Name, source.Path, Advance, cancellation);
            }

            if (tokenizer is not null)
                writer.CopyTokenizer(tokenizer);
            if (Directory.Exists(source.Path) && Path.Combine(source.Path, GenerationConfig) is var generation && File.Exists(generation))
                writer.CopyFile(generation, GenerationConfig);
            var types = weights.ToDictionary(weight => weight.Name, weight => 8 * weight.Type.Bytes(), StringComparer.Ordinal);
            cancellation.ThrowIfCancellationRequested();
            return new QuantizeResult(
                output,
                plan,
                AverageBits.Of(source.Config, plan),
                AverageBits.OfStoredNumbers(source.Config, plan),
                MemoryDensity.Of(source.Config, plan, tokens, site => types[source.Config.WeightNameOf(site)]),
                tokens,
                writer.Commit(),
                [.. quantized.OrderBy(site => site.Site)]);
        }

        private NumberFormat? FormatOf(string name) => sites.TryGetValue(name, out var site) ? plan[site].Weights : null;

        // A weight, and the factors of its correction.
        private IEnumerable<StoredWeight> StoredAs(TensorEntry entry)
        {
            if (FormatOf(entry.Name) is not { } format)
                return [new StoredWeight(entry.Name, entry.Shape, entry.Type is TensorType.BF16 or TensorType.F16 ? entry.Type : TensorType.F32)];
            var weight = StoredWeight.In(format, entry.Name, entry.Shape);
            return plan[sites[entry.Name]].LowRank is { } lowRank
                ? [weight, Factor(lowRank, LowRankTensors.NameOfA(entry.Name), lowRank.Rank, entry.Columns), Factor(lowRank, LowRankTensors.NameOfB(entry.Name), entry.Rows, lowRank.Rank)]
                : [weight];
        }

        private static StoredWeight Factor(LowRankPlan lowRank, string name, long rows, long columns) => lowRank.Format is { } format
            ? StoredWeight.In(format, name, [rows, columns])
            : new StoredWeight(name, [rows, columns], TensorType.F32);

        private QuantizedSite Quantize(ModelDirectoryWriter writer, StoredWeight weight, NumberFormat format)
        {
            var entry = source.Tensors.Tensors[weight.Name];
            var site = sites[weight.Name];
            var bits = (double)format.StoredBits(entry.Rows, entry.Columns);
            if (plan[site].LowRank is { } lowRank)
            {
                var corrected = Correct(entry, site, format, lowRank);
                writer.WritePacked(weight.Name, corrected.Weight);
                Write(writer, LowRankTensors.NameOfA(weight.Name), corrected.A);
                Write(writer, LowRankTensors.NameOfB(weight.Name), corrected.B);
                Advance(entry.Elements);
                bits += lowRank.StoredBits((int)entry.Rows, entry.Columns);
                return new QuantizedSite(site, format, bits / entry.Elements, corrected.RelativeError, corrected.Result);
            }

            double error;
            if (weight.Format is null)
            {
                writer.Copy(source.Tensors, weight.Name, source.Path, Advance, cancellation);
                error = WeightError.Relative(source.Tensors, weight.Name, format, threads: options.Threads, cancellation: cancellation);
            }
            else
            {
                var packed = WeightPacker.Pack(source.Tensors, entry, format, options.Threads, cancellation, Advance);
                writer.WritePacked(weight.Name, packed.Matrix);
                error = packed.RelativeError;
            }

            return new QuantizedSite(site, format, bits / entry.Elements, error);
        }

        private CorrectedWeight Correct(TensorEntry entry, Site site, NumberFormat format, LowRankPlan lowRank)
        {
            var values = new float[entry.Elements];
            source.Tensors.ReadFloats(entry.Name, 0, values);
            var bad = Array.FindIndex(values, value => !float.IsFinite(value));
            if (bad >= 0)
                throw WeightPacker.NonFinite(entry, format, bad / entry.Columns, bad % entry.Columns, values[bad], null);
            return WeightCorrection.Compute(
                values, entry.Columns, format, lowRank, inputs[site], options.Correction, new Workers(options.Threads), cancellation);
        }

        // The factors lie with the last weights of the file; the writer takes them at any time.
        private static void Write(ModelDirectoryWriter writer, string name, LinearWeight factor)
        {
            if (factor is Kernels.Linear.PackedWeight packed)
                writer.WritePacked(name, packed.Matrix);
            else
                writer.WriteFloats(name, ((DenseWeight)factor).Values);
        }

        private void Advance(long count) => progress?.Report((double)Interlocked.Add(ref done, count) / elements);
    }
}
