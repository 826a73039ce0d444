using Pith.Compress.Ratio;
using Pith.Core.Formats;

namespace Pith.Bench.Studies.Ratio;

/// <summary>What a search of the study chooses between.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Formats">The options.</param>
/// <param name="HasSameActivations">Whether activations take part.</param>
internal sealed record RatioSetup(string Name, string[] Formats, bool HasSameActivations)
{
    // Of the way from the fewest bytes to the most.
    private static readonly double[] shares = [0.25, 0.5];

    /// <summary>The paper's choice between two, and a choice between four.</summary>
    public static readonly RatioSetup[] All =
    [
        new("low and high", ["mxint4:16", "bf16"], HasSameActivations: true),
        new("four formats", ["mxint3:16", "mxint4:16", "mxint6:16", "mxint8:16"], HasSameActivations: false),
    ];

    /// <summary>The settings for a budget.</summary>
    public RatioSearchOptions Options(RatioBudget budget) => new()
    {
        Options = [.. Formats.Select(format => new RatioOption(NumberFormat.Parse(format)))],
        HasSameActivations = HasSameActivations,
        Budget = budget,
        FrontPoints = 0,
    };

    /// <summary>The budgets, in bits of a value, rounded to what one would type.</summary>
    public IEnumerable<RatioBudget> Budgets(Pith.Models.ModelConfig config)
    {
        var space = new RatioSpace(config, Options(new RatioBudget(BudgetKind.Bits, 1)));
        return shares.Select(share => new RatioBudget(
            BudgetKind.Bits, Math.Round(space.BitsOf(space.MinBytes + (long)(share * (space.MaxBytes - space.MinBytes))), 2)));
    }
}
