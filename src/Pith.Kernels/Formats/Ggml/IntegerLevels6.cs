using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>The integers -32 … 31, of Q6_K.</summary>
internal readonly struct IntegerLevels6 : ILevels
{
    /// <inheritdoc/>
    public static int Lowest => -32;

    /// <inheritdoc/>
    public static int Highest => 31;

    /// <inheritdoc/>
    public static int Nearest(float value) => (int)MathF.Round(Math.Clamp(value, Lowest, Highest));

    /// <inheritdoc/>
    public static Vector256<float> Nearest(Vector256<float> values) =>
        Vector256.Round(Vector256.Min(Vector256.Max(values, Vector256.Create((float)Lowest)), Vector256.Create((float)Highest)));
}
