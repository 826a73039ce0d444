using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Fixed point: <c>x̂ = q · 2^-f</c> with b-bit integers q, f given or calibrated for each tensor.</summary>
/// <remarks>Section 2.1.</remarks>
internal sealed class FixedReference(NumberFormat format)
    : ReferenceCodec(format, new TwosComplementGrid(format.ElementBits, symmetric: false))
{
    // Fraction bits beyond these belong to no tensor of floats; a stored parameter may claim anything.
    private const int MostFractionBits = 160;

    /// <inheritdoc/>
    public override float TensorParameter(float largest)
    {
        if (Format.FractionBits is not null || !float.IsFinite(largest))
            return 0;

        // Capped so that the most negative code is still a finite float: -2^(b-1) · 2^-f = -2^127.
        var integerBits = Math.Min(SharedScale.FloorOfLog2(Math.Max(0.5f, largest)) + 2, 128);
        return Format.ElementBits - integerBits;
    }

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, -FractionBits(tensorParameter));

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) => 0;

    private int FractionBits(float tensorParameter)
    {
        if (Format.FractionBits is { } fraction)
            return fraction;
        return float.IsNaN(tensorParameter) ? 0 : (int)Math.Clamp(tensorParameter, -MostFractionBits, MostFractionBits);
    }
}
