namespace Pith.Core.Formats;

/// <summary>How a block's shared scale is chosen. All rules decode identically.</summary>
public enum ScaleRule
{
    /// <summary>The family's own rule: floor(log2 max) for MXINT and MX, the smallest exponent without saturation for BFP,
    /// the block maximum in the top binade for BMF and BL, maximum over 6 for NVFP4.</summary>
    Standard,

    /// <summary>The smallest scale with which the block maximum does not saturate.</summary>
    Ceil,

    /// <summary>The scale among the standard one and its neighbours (a factor of two either way) with the least weighted squared error.</summary>
    Mse,
}
