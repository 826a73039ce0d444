using Pith.Core.Diagnostics;

namespace Pith.Core.Formats;

/// <summary>The formats in common use, one line each, for lists and tables. More widths and blocks exist, see <see cref="NumberFormat.Parse"/>.</summary>
public static class FormatCatalog
{
    // The names of formats have at most 13 letters; what is much longer is no typing error.
    private const int LongestMisspelt = 24;

    /// <summary>The formats, widest first within a family.</summary>
    public static IReadOnlyList<FormatDescription> All { get; } =
    [
        new("fp32", "IEEE 754 single precision: the identity."),
        new("bf16", "The upper half of fp32: its range with 8 bits of precision."),
        new("fp16", "IEEE 754 half precision: 11 bits of precision, largest number 65504."),
        new("fixed8.7", "8-bit integers in steps of 2^-7, from -1 to 127/128; the usual choice for weights."),
        new("fixed8.4", "8-bit integers in steps of 2^-4, from -8 to 7.9; the usual choice for activations."),
        new("fixed8", "8-bit integers with the step calibrated for each tensor."),
        new("minifloat:e4m3", "Every value an 8-bit float that saturates at 480; no infinity, no NaN."),
        new("dmf:e4m3", "Minifloat without the implicit bit: less precise, cheaper in hardware."),
        new("bfp8:16", "Block floating point: 16 integers of sign and 7 bits share an exponent."),
        new("bfp6:16", "Block floating point: 16 integers of sign and 5 bits share an exponent; near-lossless for weights and activations."),
        new("bfp5:16", "Block floating point: 16 integers of sign and 4 bits share an exponent."),
        new("bfp4:16", "Block floating point: 16 integers of sign and 3 bits share an exponent."),
        new("mxint8:32", "OCP MXINT8: 32 two's complement bytes share a power of two."),
        new("mxint6:16", "16 integers of sign, one integer and 4 fraction bits share floor(log2 max)."),
        new("mxint4:16", "16 integers of sign, one integer and 2 fraction bits share floor(log2 max)."),
        new("bmf8:16", "Block minifloat: 16 E4M3 floats share an exponent bias that puts the largest into the top binade."),
        new("bmf6:16", "Block minifloat: 16 E3M2 floats share an exponent bias."),
        new("bl8:16", "Block logarithm: 16 signed powers of two share a bias; multiplying is adding."),
        new("mxfp8e4m3:32", "OCP MXFP8: 32 E4M3 floats, largest 448, share a power of two."),
        new("mxfp8e5m2:32", "OCP MXFP8: 32 E5M2 floats, largest 57344, share a power of two."),
        new("mxfp6e2m3:32", "OCP MXFP6: 32 E2M3 floats, largest 7.5, share a power of two."),
        new("mxfp6e3m2:32", "OCP MXFP6: 32 E3M2 floats, largest 28, share a power of two."),
        new("mxfp4:32", "OCP MXFP4: 32 values of {0, .5, 1, 1.5, 2, 3, 4, 6} and their negatives share a power of two."),
        new("nvfp4", "16 MXFP4 values share an E4M3 scale, and the tensor an fp32 scale."),
        new("q8_0", "ggml: 32 bytes share a binary16 scale."),
        new("q4_0", "ggml: 32 4-bit integers around 8 share a binary16 scale."),
        new("q4_1", "ggml: 32 4-bit integers share a binary16 scale and minimum."),
        new("q5_0", "ggml: 32 5-bit integers around 16 share a binary16 scale."),
        new("q5_1", "ggml: 32 5-bit integers share a binary16 scale and minimum."),
        new("q2_k", "ggml: 2-bit integers, a 4-bit scale and minimum for each 16, both scaled for each 256."),
        new("q3_k", "ggml: 3-bit integers, a 6-bit scale for each 16, scaled for each 256."),
        new("q4_k", "ggml: 4-bit integers, a 6-bit scale and minimum for each 32, both scaled for each 256."),
        new("q5_k", "ggml: 5-bit integers, a 6-bit scale and minimum for each 32, both scaled for each 256."),
        new("q6_k", "ggml: 6-bit integers, an 8-bit scale for each 16, scaled for each 256."),
        new("iq4_nl", "ggml: 32 indices into 16 uneven steps share a binary16 scale."),
        new("iq4_xs", "ggml: indices into 16 uneven steps, a 6-bit scale for each 32, scaled for each 256."),
    ];

    /// <summary>The format in common use whose name, or the beginning of whose name, is nearest to a text; null if none is near.</summary>
    public static string? Nearest(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestMisspelt)
            return null;
        var (name, distance) = All
            .Select(known => (Name: known.Format.ToString(), Distance: EditDistance.FromBeginning(text.ToLowerInvariant(), known.Format.ToString())))
            .MinBy(known => known.Distance);
        return distance <= text.Length / 2 ? name : null;
    }
}
