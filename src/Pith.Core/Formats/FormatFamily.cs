namespace Pith.Core.Formats;

/// <summary>How the numbers of a format are made of bits.</summary>
public enum FormatFamily
{
    /// <summary>IEEE 754 binary32: the identity.</summary>
    Float32,

    /// <summary>The upper half of binary32.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>Fixed point: one power-of-two step for a tensor.</summary>
    Fixed,

    /// <summary>Saturating minifloat: sign, exponent, mantissa with an implicit bit; no Inf or NaN codes.</summary>
    MiniFloat,

    /// <summary>Denormalised minifloat: sign, exponent, mantissa without an implicit bit.</summary>
    Dmf,

    /// <summary>Block floating point: shared exponent, sign-magnitude elements.</summary>
    Bfp,

    /// <summary>Shared floor exponent, sign-magnitude elements with one integer bit; at 8 bits the OCP MXINT8.</summary>
    Mxint,

    /// <summary>Block minifloat: minifloat elements with a shared exponent bias.</summary>
    Bmf,

    /// <summary>Block logarithm: elements are signed powers of two with a shared bias.</summary>
    Bl,

    /// <summary>OCP MX floating point: minifloat elements with a shared power-of-two scale.</summary>
    Mxfp,

    /// <summary>E2M1 elements, one E4M3 scale a block, one binary32 scale a tensor.</summary>
    Nvfp4,

    /// <summary>ggml's q8_0: 32 bytes, one binary16 scale.</summary>
    Q80,

    /// <summary>ggml's q4_0: 32 4-bit integers around 8, one binary16 scale.</summary>
    Q40,

    /// <summary>ggml's q4_1: 32 4-bit integers, a binary16 scale and minimum.</summary>
    Q41,

    /// <summary>ggml's q5_0: 32 5-bit integers around 16, one binary16 scale.</summary>
    Q50,

    /// <summary>ggml's q5_1: 32 5-bit integers, a binary16 scale and minimum.</summary>
    Q51,

    /// <summary>ggml's q2_k: 256 2-bit integers, a 4-bit scale and minimum for each 16.</summary>
    Q2K,

    /// <summary>ggml's q3_k: 256 3-bit integers, a 6-bit scale for each 16.</summary>
    Q3K,

    /// <summary>ggml's q4_k: 256 4-bit integers, a 6-bit scale and minimum for each 32.</summary>
    Q4K,

    /// <summary>ggml's q5_k: 256 5-bit integers, a 6-bit scale and minimum for each 32.</summary>
    Q5K,

    /// <summary>ggml's q6_k: 256 6-bit integers, an 8-bit scale for each 16.</summary>
    Q6K,

    /// <summary>ggml's iq4_nl: 32 indices into 16 uneven steps, one binary16 scale.</summary>
    Iq4Nl,

    /// <summary>ggml's iq4_xs: 256 indices into 16 uneven steps, a 6-bit scale for each 32.</summary>
    Iq4Xs,
}
