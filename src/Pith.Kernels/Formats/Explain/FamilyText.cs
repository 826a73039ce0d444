using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The sentences that explain each family.</summary>
/// <param name="Name">The family's name.</param>
/// <param name="Value">The formula of a value.</param>
/// <param name="Scale">How the scale (or bias, or exponent) is chosen.</param>
/// <param name="Rounding">How an element is rounded.</param>
/// <param name="Compat">What <c>@compat</c> does instead; empty where there is none.</param>
internal sealed record FamilyText(string Name, string Value, string Scale, string Rounding, string Compat = "")
{
    private const string ToEven = "to nearest, ties to even; beyond the largest value it saturates";
    private const string Ieee = "to nearest, ties to even; NaN and infinity are values, numbers beyond the largest become infinite";

    /// <summary>The sentences of a family.</summary>
    public static IReadOnlyDictionary<FormatFamily, FamilyText> Of { get; } = new Dictionary<FormatFamily, FamilyText>
    {
        [FormatFamily.Float32] = new("IEEE 754 binary32", "the number itself", "", "none"),
        [FormatFamily.BFloat16] = new("bfloat16", "the upper half of a binary32", "", Ieee),
        [FormatFamily.Float16] = new("IEEE 754 binary16", "(-1)^s * 2^(e-15) * (1 + m/2^10); at e = 0: (-1)^s * 2^-14 * m/2^10", "", Ieee),
        [FormatFamily.Fixed] = new(
            "fixed point", "q * 2^-f", "f fraction bits, given in the name or calibrated: b - floor(log2(max(0.5, max|x| of the tensor))) - 2", ToEven),
        [FormatFamily.MiniFloat] = new(
            "saturating minifloat", "(-1)^s * 2^(e-bias) * (1 + m/2^M); at e = 0: (-1)^s * 2^(1-bias) * m/2^M", "", ToEven,
            "a mantissa that rounds up is clamped instead of carrying into the exponent"),
        [FormatFamily.Dmf] = new(
            "denormalised minifloat", "(-1)^s * 2^(e-bias) * m/2^M", "", ToEven + "; of several codes for a value the one with the largest mantissa",
            "exact powers of two saturate their mantissa: 1 becomes 0.875 with three mantissa bits"),
        [FormatFamily.Bfp] = new(
            "block floating point", "(-1)^s * m * 2^(E-M)", "the smallest E for which no element saturates after rounding; stored as E + 127", ToEven,
            "E = ceil(log2 max): a maximum that is a power of two, or rounds to one, saturates"),
        [FormatFamily.Mxint] = new(
            "shared-exponent integers (MXINT)", "q * 2^(E-(b-2))", "E = floor(log2 max), at least -127; stored as E + 127", ToEven),
        [FormatFamily.Bmf] = new(
            "block minifloat", "(-1)^s * 2^(e-B) * (1 + m/2^M); at e = 0: (-1)^s * 2^(1-B) * m/2^M",
            "bias B = 2^E - 1 - floor(log2 max), which puts the largest element into the top binade; stored as a signed byte", ToEven,
            "bias clamp(floor(log2 max), 0, 255), with which a block whose maximum is below 1 is lost"),
        [FormatFamily.Bl] = new(
            "block logarithm", "(-1)^s * 2^(e-B); at e = 0: 0", "bias B = 2^(b-1) - 1 - ceil(log2 max); stored as a signed byte",
            "the logarithm to the nearest integer, so that the border between 1 and 2 is the root of 2; beyond the largest value it saturates",
            "zero is not a value: e = 0 is 2^-B; the bias is an unsigned byte"),
        [FormatFamily.Mxfp] = new(
            "OCP MX floating point", "2^E * (-1)^s * 2^(e-bias) * (1 + m/2^M); at e = 0: 2^E * (-1)^s * 2^(1-bias) * m/2^M",
            "E = floor(log2 max) - emax, at least -127; stored as E + 127 (E8M0), 255 is NaN", ToEven),
        [FormatFamily.Nvfp4] = new(
            "NVFP4", "t * c * (-1)^s * 2^(e-1) * (1 + m/2); at e = 0: t * c * (-1)^s * m/2",
            "tensor scale t = max|x| of the tensor / (6*448), an fp32; block scale c = E4M3(max / (6*t)), one byte", ToEven),
        [FormatFamily.Q80] = Ggml("d*q", "d = max / 127, an fp16"),
        [FormatFamily.Q40] = Ggml("d*(q-8)", "d = the number of largest magnitude / -8, an fp16"),
        [FormatFamily.Q41] = Ggml("d*q + m", "m = the smallest number, d = range / 15, fp16 each"),
        [FormatFamily.Q50] = Ggml("d*(q-16)", "d = the number of largest magnitude / -16, an fp16"),
        [FormatFamily.Q51] = Ggml("d*q + m", "m = the smallest number, d = range / 31, fp16 each"),
        [FormatFamily.Q2K] = Ggml("d*a*q - e*c", "scale a and minimum c of 4 bits for each 16 numbers, found by search; d and e fp16 for 256"),
        [FormatFamily.Q3K] = Ggml("d*(a-32)*(q-4)", "scale a of 6 bits for each 16 numbers, found by search; d fp16 for 256"),
        [FormatFamily.Q4K] = Ggml("d*a*q - e*c", "scale a and minimum c of 6 bits for each 32 numbers, found by search; d and e fp16 for 256"),
        [FormatFamily.Q5K] = Ggml("d*a*q - e*c", "scale a and minimum c of 6 bits for each 32 numbers, found by search; d and e fp16 for 256"),
        [FormatFamily.Q6K] = Ggml("d*a*(q-32)", "scale a of 8 bits for each 16 numbers, found by search; d fp16 for 256"),
        [FormatFamily.Iq4Nl] = Ggml("d*table[q]", "d found by search, an fp16; the table has 16 uneven steps from -127 to 113"),
        [FormatFamily.Iq4Xs] = Ggml("d*(a-32)*table[q]", "scale a of 6 bits for each 32 numbers, found by search; d fp16 for 256; the table of iq4_nl"),
    };

    private static FamilyText Ggml(string value, string scale) => new("ggml block type", value, scale, "as ggml's encoder does");
}
