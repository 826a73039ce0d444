namespace Pith.Bench.Studies.BlockGrid;

/// <summary>Published perplexities that ours stand beside, with how sure we are of them.</summary>
internal static class Published
{
    /// <summary>Perplexity of OPT-1.3B on WikiText-2 in 32-bit floats, of the same workbook.</summary>
    public const double Float32 = 14.62;

    /// <summary>OPT-1.3B, BFP weights in blocks of the size of the row, BFP activations in blocks of 16; read from the sheet of the authors' follow-up work (LQER),
    /// by block size and column.</summary>
    public static IReadOnlyDictionary<(string Block, string Column), double> BlockSizes { get; } = new Dictionary<(string, string), double>
    {
        [("16", "W4A8")] = 14.55, [("16", "W4A6")] = 15.33, [("16", "W3A8")] = 28.41,
        [("32", "W4A8")] = 15.03, [("32", "W4A6")] = 15.93, [("32", "W3A8")] = 133,
        [("64", "W4A8")] = 15.71, [("64", "W4A6")] = 16.37, [("64", "W3A8")] = 1721,
        [("128", "W4A8")] = 16.38, [("128", "W4A6")] = 17.54, [("128", "W3A8")] = 7416,
        [("256", "W4A8")] = 20.90, [("256", "W4A6")] = 23.13, [("256", "W3A8")] = 8028,
        [("row", "W4A8")] = 260.8, [("row", "W4A6")] = 320.4, [("row", "W3A8")] = 10870,
    };

    /// <summary>The paper's own table, from memory and not checked: model, 32-bit perplexity (checked), BFP W6A6, BFP W4A4.</summary>
    public static IReadOnlyList<(string Model, double Float32, double W6A6, double? W4A4)> Uniform { get; } =
    [
        ("OPT-125M", 27.65, 28.3, 41.9), ("OPT-350M", 22.00, 22.2, 31.7), ("OPT-1.3B", 14.63, 14.8, null), ("OPT-2.7B", 12.47, 12.5, null), ("OPT-6.7B", 10.86, 10.9, null),
    ];
}
