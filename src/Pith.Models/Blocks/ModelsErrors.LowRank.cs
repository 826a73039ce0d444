using Pith.Core.Diagnostics;

namespace Pith.Models;

public static partial class ModelsErrors
{
    /// <summary>A plan asks for a low-rank correction which has to be computed first.</summary>
    public static readonly ErrorCode NoLowRank = new(
        "PITH3700", "The weight has no low-rank correction", "`pith quantize MODEL --plan FILE --calibrate TEXT --out DIR` computes it and stores it with the weights.");
}
