namespace Pith.Compress.Ratio.Law;

/// <summary>A coefficient pair that the paper gives (arXiv 2410.06722 v1), to stand beside ours.</summary>
/// <param name="Form">Which law.</param>
/// <param name="Scope">For what.</param>
/// <param name="K">The coefficient k.</param>
/// <param name="Other">c of the first law, A of the second.</param>
public sealed record PublishedLaw(LawForm Form, string Scope, double K, double Other)
{
    /// <summary>Every pair of the paper. First law: Qwen-1.5, matmul-wise, MXINT4 and BF16, SlimPajama.</summary>
    public static IReadOnlyList<PublishedLaw> All { get; } =
    [
        new(LawForm.Size, "Qwen-1.5, matmul, budget 5 %", -11.68, 4.83),
        new(LawForm.Size, "Qwen-1.5, matmul, budget 10 %", -11.27, 3.35),
        new(LawForm.Size, "Qwen-1.5, matmul, budget 20 %", -12.84, 1.86),
        new(LawForm.Block, "Qwen-1.5-7B, Q_r 0.5", 0.32, 0.53),
        new(LawForm.Block, "Qwen-1.5-7B, Q_r 0.9", 0.62, 1.65),
        new(LawForm.Block, "Qwen-1.5-7B, Q_r 0.95", 0.61, 3.57),
        new(LawForm.Block, "Qwen-1.5-14B, Q_r 0.5", 0.29, 0.63),
        new(LawForm.Block, "Qwen-1.5-14B, Q_r 0.9", 0.37, 3.3),
        new(LawForm.Block, "Qwen-1.5-14B, Q_r 0.95", 0.63, 1.0),
    ];
}
