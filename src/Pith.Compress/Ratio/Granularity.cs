namespace Pith.Compress.Ratio;

/// <summary>Assignment granularity: what may differ in precision. Not the block size, which is how many values share one scale.</summary>
public enum Granularity
{
    /// <summary>A whole transformer layer is decided at once.</summary>
    Layer = 0,

    /// <summary>Each matrix product decides by itself.</summary>
    Matmul = 1,
}
