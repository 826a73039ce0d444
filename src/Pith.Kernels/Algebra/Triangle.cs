namespace Pith.Kernels.Algebra;

/// <summary>Which part of a matrix counts. The rest is neither read nor written, whatever it holds.</summary>
public enum Triangle
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The diagonal and what is below; the rest counts as zero.</summary>
    Lower,

    /// <summary>The diagonal and what is above; the rest counts as zero.</summary>
    Upper,
}
