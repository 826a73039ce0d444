namespace Pith.Cli.Quickstart;

/// <summary>Everything that the quickstart found out.</summary>
internal sealed record QuickstartResult
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Parameters of the model, and how many of them are weights of blocks, the ones that are rounded.</summary>
    public required (long All, long InBlocks) Parameters { get; init; }

    /// <summary>Name of the evaluation text, the tokens scored in it, and tokens of a window.</summary>
    public required (string Name, long Tokens, int Context) Text { get; init; }

    /// <summary>The original as it came.</summary>
    public required QuickstartRow Original { get; init; }

    /// <summary>Every format that was tried.</summary>
    public required IReadOnlyList<QuickstartRow> Rows { get; init; }

    /// <summary>A plan of several formats, found by a search on another text; null where that text is not there.</summary>
    public QuickstartRow? Searched { get; init; }

    /// <summary>Weights of four bits with a low-rank correction for the inputs on another text; null where that text is not there, or too short.</summary>
    public QuickstartRow? LowRank { get; init; }

    /// <summary>Most bits that the chosen format may take.</summary>
    public required double BitsBudget { get; init; }

    /// <summary>The format closest to the original, by KL, among those within the budget.</summary>
    public QuickstartRow Best => Choose(Rows, BitsBudget) ?? throw new InvalidOperationException($"No format takes at most {BitsBudget} bits.");

    /// <summary>What the chosen model wrote, and how it was asked.</summary>
    public required (string Text, string How) Sample { get; init; }

    /// <summary>Machine and threads, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>The command that makes the chosen model.</summary>
    public required string Command { get; init; }

    /// <summary>The row with the smallest KL among those within the budget; null if there is none.</summary>
    public static QuickstartRow? Choose(IEnumerable<QuickstartRow> rows, double bitsBudget) =>
        rows.Where(row => row.Bits <= bitsBudget).MinBy(row => row.Kl);
}
