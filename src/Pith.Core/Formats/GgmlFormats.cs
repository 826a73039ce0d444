namespace Pith.Core.Formats;

/// <summary>The block types of ggml which are number formats: a block's scales and minima lie in it beside its codes.</summary>
/// <remarks>Source: the block structures of github ggml-org/ggml. A block of n elements with b bits each has s further bits, all of
/// them counted as the block's scale.</remarks>
internal static class GgmlFormats
{
    private static readonly (FormatFamily Family, string Name, int ElementBits, int Block, int BlockBytes)[] Table =
    [
        (FormatFamily.Q80, "q8_0", 8, 32, 34),
        (FormatFamily.Q40, "q4_0", 4, 32, 18),
        (FormatFamily.Q41, "q4_1", 4, 32, 20),
        (FormatFamily.Q50, "q5_0", 5, 32, 22),
        (FormatFamily.Q51, "q5_1", 5, 32, 24),
        (FormatFamily.Q2K, "q2_k", 2, 256, 84),
        (FormatFamily.Q3K, "q3_k", 3, 256, 110),
        (FormatFamily.Q4K, "q4_k", 4, 256, 144),
        (FormatFamily.Q5K, "q5_k", 5, 256, 176),
        (FormatFamily.Q6K, "q6_k", 6, 256, 210),
        (FormatFamily.Iq4Nl, "iq4_nl", 4, 32, 18),
        (FormatFamily.Iq4Xs, "iq4_xs", 4, 256, 136),
    ];

    /// <summary>The format of a name; null when there is none.</summary>
    public static NumberFormat? Find(string name)
    {
        foreach (var (family, known, bits, block, bytes) in Table)
        {
            if (known == name)
            {
                return new NumberFormat
                {
                    Family = family, ElementBits = bits, MantissaBits = bits - 1, BlockSize = block, ScaleBits = (8 * bytes) - (bits * block),
                };
            }
        }

        return null;
    }

    /// <summary>The name of a family.</summary>
    public static string Name(FormatFamily family) => Array.Find(Table, row => row.Family == family).Name;
}
