namespace Pith.Compress.Ratio.Law;

/// <summary>What a scaling study measures. Immutable.</summary>
public sealed record FamilyOptions
{
    /// <summary>The low format without its block size, for weights and activations. Default: <c>mxint4</c>, the paper's.</summary>
    public string Low { get; init; } = "mxint4";

    /// <summary>Numbers that share a scale. Default: 8, 16, 32, 64, which divide the width of every bundled model or exceed it.</summary>
    public IReadOnlyList<int> BlockSizes { get; init; } = [8, 16, 32, 64];

    /// <summary>Ratios that are tried, each above 0 and at most 1.</summary>
    public IReadOnlyList<double> Ratios { get; init; } = [0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

    /// <summary>Allowed Δppl, fractions. Default: 0.5, 1, 2 and 5 %; the paper's 10 and 20 % hold every small block as a whole here.</summary>
    public IReadOnlyList<double> Budgets { get; init; } = [0.005, 0.01, 0.02, 0.05];

    /// <summary>How the units to be low are found. Default: by their sensitivities.</summary>
    public IRatioSearch Search { get; init; } = new SensitivityRatioSearch();

    /// <summary>The text that the search sees.</summary>
    public required string SearchText { get; init; }

    /// <summary>The text that losses are reported on.</summary>
    public required string ReportText { get; init; }

    /// <summary>Tokens of the first text, at most. Default: 4,096.</summary>
    public int SearchTokens { get; init; } = 4096;

    /// <summary>Tokens of the second text, at most. Default: 16,384.</summary>
    public int ReportTokens { get; init; } = 16_384;

    /// <summary>Seed of every random choice. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Threads to use, ≥ 1; results do not depend on them. Default: one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
