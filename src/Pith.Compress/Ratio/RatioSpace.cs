using System.Collections.Immutable;
using Pith.Compress.Ratio.Allocations;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models;

namespace Pith.Compress.Ratio;

/// <summary>Everything a ratio search can choose between: units of a model, options of each, and what each costs in bytes.</summary>
/// <remarks>Bytes are those of the stored weights, codes, scales and low-rank factors, rounded up for each site; of an attention product
/// those of K or V in the cache for a text of the model's context length. Immutable, hence thread-safe.</remarks>
public sealed class RatioSpace
{
    private readonly ModelConfig config;
    private readonly long[][] bytes;

    /// <summary>Creates a space.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">What to search; at least two options.</param>
    /// <exception cref="ArgumentException">Fewer than two different options.</exception>
    public RatioSpace(ModelConfig config, RatioSearchOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        this.config = config;
        Settings = options;
        Options = [.. options.Options.Distinct()];
        if (Options.Count < 2)
            throw new ArgumentException("expected at least two different options", nameof(options));
        Units = SearchUnit.Of(config, options.Granularity, options.AreFused, options.HasSameActivations);
        bytes = [.. Units.Select(unit => Options.Select(option => unit.Shapes.Sum(shape => BytesOf(shape, option))).ToArray())];
        High = Enumerable.Range(0, Options.Count).MaxBy(option => bytes.Sum(unit => unit[option]));
        MinBytes = bytes.Sum(unit => unit.Min());
        MaxBytes = bytes.Sum(unit => unit.Max());
    }

    /// <summary>The settings it was made from.</summary>
    public RatioSearchOptions Settings { get; }

    /// <summary>The units, in the order of computation.</summary>
    public IReadOnlyList<SearchUnit> Units { get; }

    /// <summary>The options of every unit; a choice is an index into them.</summary>
    public IReadOnlyList<RatioOption> Options { get; }

    /// <summary>The option of most bytes: high precision.</summary>
    public int High { get; }

    /// <summary>The fewest bytes that can be expressed.</summary>
    public long MinBytes { get; }

    /// <summary>The most bytes that can be expressed.</summary>
    public long MaxBytes { get; }

    /// <summary>Values that are decided about: weights, and cached K and V where attention takes part.</summary>
    public long Values => Units.Sum(unit => unit.Shapes.Sum(ValuesOf));

    /// <summary>Bytes of a unit in an option.</summary>
    public long BytesOf(int unit, int option) => bytes[unit][option];

    /// <summary>Stored bits of a value, on average, at a number of bytes.</summary>
    public double BitsOf(long bytes) => 8.0 * bytes / Values;

    /// <summary>The quantization ratio Q_r of a choice: parameters not in high precision over all parameters decided about.</summary>
    /// <remarks>Source: arXiv 2410.06722, section 3: ‖W_l‖₀ / (‖W_l‖₀ + ‖W_h‖₀).</remarks>
    public double RatioOf(ImmutableArray<int> choice) =>
        (double)Units.Where((_, unit) => choice[unit] != High).Sum(unit => unit.Parameters) / Units.Sum(unit => unit.Parameters);

    /// <summary>The plan of a choice.</summary>
    public Plan PlanOf(ImmutableArray<int> choice) => new(Units.SelectMany((unit, index) =>
        unit.Shapes.Select(shape => KeyValuePair.Create(shape.Site, Decide(shape, Options[choice[index]])))));

    /// <summary>The allocation problem for given damages.</summary>
    /// <param name="damages">By unit, then by option.</param>
    public AllocationProblem ProblemOf(IReadOnlyList<IReadOnlyList<double>> damages)
    {
        ArgumentNullException.ThrowIfNull(damages);
        return new AllocationProblem(Units.Select((unit, index) =>
            new AllocationUnit(unit.Name, bytes[index].Zip(damages[index], (count, damage) => new UnitOption(count, damage)))));
    }

    /// <summary>What an option decides at a site.</summary>
    internal SitePlan Decide(SiteShape shape, RatioOption option) => shape.Site.HasWeight
        ? new SitePlan(option.Format, Settings.HasSameActivations ? option.Format : Settings.Activations, option.CorrectionOf(shape))
        : new SitePlan(option.Format, option.Format);

    private long BytesOf(SiteShape shape, RatioOption option) => shape.Site.HasWeight
        ? (option.StoredBits(shape) + 7) / 8
        : config.ContextLength * config.KvHeads * option.Format.RowBits(config.HeadSize) / 8;

    private long ValuesOf(SiteShape shape) => shape.Site.HasWeight
        ? shape.Weights
        : (long)config.ContextLength * config.KvHeads * config.HeadSize;
}
