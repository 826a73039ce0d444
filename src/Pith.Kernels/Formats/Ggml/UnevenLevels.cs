using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>The 16 uneven steps of IQ4_NL and IQ4_XS, dense around zero.</summary>
/// <remarks>Source: the format's table in github ggml-org/ggml.</remarks>
internal readonly struct UnevenLevels : ILevels
{
    private const int NearestStart = -128;

    // For every integer from -128 to 127 the code of the highest step not above it, or 0.
    private static readonly byte[] CodeAtOrBelow = Build();

    /// <summary>The step of each code.</summary>
    public static ReadOnlySpan<sbyte> Steps => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <inheritdoc/>
    public static int Lowest => Steps[0];

    /// <inheritdoc/>
    public static int Highest => Steps[^1];

    /// <inheritdoc/>
    public static int Nearest(float value) => Steps[Code(value)];

    /// <inheritdoc/>
    public static Vector256<float> Nearest(Vector256<float> values)
    {
        // From the lowest step up: every midpoint that a number passes adds what the next step is higher.
        var nearest = Vector256.Create((float)Lowest);
        for (var code = 1; code < Steps.Length; code++)
        {
            var midpoint = Vector256.Create((Steps[code - 1] + Steps[code]) / 2f);
            nearest += Vector256.GreaterThan(values, midpoint) & Vector256.Create((float)(Steps[code] - Steps[code - 1]));
        }

        return nearest;
    }

    /// <summary>The code of the nearest step; the lower of two that are equally near.</summary>
    public static int Code(float value)
    {
        var clamped = Math.Clamp(value, Lowest, Highest);
        var below = CodeAtOrBelow[(int)MathF.Floor(clamped) - NearestStart];
        var above = Math.Min(below + 1, Steps.Length - 1);
        return clamped - Steps[below] <= Steps[above] - clamped ? below : above;
    }

    private static byte[] Build()
    {
        var codes = new byte[256];
        for (var i = 0; i < codes.Length; i++)
        {
            while (codes[i] + 1 < Steps.Length && Steps[codes[i] + 1] <= i + NearestStart)
                codes[i]++;
        }

        return codes;
    }
}
