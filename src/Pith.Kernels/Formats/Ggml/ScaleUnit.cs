namespace Pith.Kernels.Formats;

/// <summary>The unit in which the scales of a block's parts are counted.</summary>
internal static class ScaleUnit
{
    /// <summary>The unit with which the scale of largest magnitude becomes a given integer.</summary>
    public static float Of(ReadOnlySpan<float> scales, int extremeCount)
    {
        var extreme = 0f;
        foreach (var scale in scales)
        {
            if (Math.Abs(scale) > Math.Abs(extreme))
                extreme = scale;
        }

        return extreme / extremeCount;
    }
}
