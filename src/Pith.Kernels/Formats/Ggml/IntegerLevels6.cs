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
}
