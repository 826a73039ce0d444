namespace Pith.Bench.Studies.LowRank;

/// <summary>WikiText2 perplexities which the LQER authors published (arXiv 2402.02446, their result workbook); rank 32, sequences of 2048.</summary>
/// <param name="Model">The model.</param>
/// <param name="Full">In FP16.</param>
/// <param name="Awq">AWQ, four-bit weights.</param>
/// <param name="W4A6">L²QER, MXINT4 weights, MXINT6 activations.</param>
/// <param name="W4A8">L²QER, MXINT4 weights, MXINT8 activations.</param>
internal sealed record PublishedRow(string Model, double Full, double Awq, double? W4A6, double W4A8)
{
    public static readonly IReadOnlyList<PublishedRow> All =
    [
        new("OPT-6.7B", 10.86, 10.93, 11.03, 11.00),
        new("OPT-13B", 10.13, 10.21, 10.32, 10.27),
        new("OPT-30B", 9.56, 9.59, 9.72, 9.67),
        new("LLaMA-7B", 5.67, 5.78, 5.92, 5.89),
        new("LLaMA-13B", 5.10, 5.20, 5.24, 5.21),
        new("LLaMA-2-7B", 5.48, 5.61, 5.73, 5.69),
        new("LLaMA-2-13B", 4.90, 4.98, 5.05, 5.02),
        new("Mistral-7B", 6.47, 6.64, null, 6.71),
    ];
}
