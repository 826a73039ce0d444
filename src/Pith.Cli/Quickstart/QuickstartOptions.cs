namespace Pith.Cli.Quickstart;

/// <summary>What the quickstart works on.</summary>
internal sealed record QuickstartOptions
{
    /// <summary>The formats that are tried, widest first. Each family is there; fixed point and logarithms lose most.</summary>
    public static readonly IReadOnlyList<string> DefaultFormats =
    [
        "bmf8:16", "mxint8:32", "mxfp8e4m3:32", "minifloat:e4m3", "fixed8", "bfp6:16", "mxint6:16", "mxfp6e2m3:32",
        "bfp5:16", "bfp4:16", "mxint4:16", "nvfp4", "mxfp4:32",
    ];

    /// <summary>The model: a directory or file, not quantized yet.</summary>
    public required string Model { get; init; }

    /// <summary>The evaluation text.</summary>
    public required string Text { get; init; }

    /// <summary>Where model and report go.</summary>
    public required string Output { get; init; }

    /// <summary>Most bits a weight of the chosen format.</summary>
    public required double BitsBudget { get; init; }

    /// <summary>Tokens of the text that are scored, at most.</summary>
    public required int Tokens { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Seed of the sample.</summary>
    public required int Seed { get; init; }

    /// <summary>Folder for what is needed only meanwhile.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Whether <see cref="Output"/> may be replaced.</summary>
    public required bool Replace { get; init; }
}
