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
}
