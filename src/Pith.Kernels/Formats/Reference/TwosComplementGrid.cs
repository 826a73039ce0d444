namespace Pith.Kernels.Formats;

/// <summary>Integers in two's complement; with <paramref name="symmetric"/> the encoder leaves the most negative code unused.</summary>
internal sealed class TwosComplementGrid(int bits, bool symmetric) : ElementGrid
{
    private readonly int half = 1 << (bits - 1);

    /// <inheritdoc/>
    public override double Largest => half - 1;

    /// <inheritdoc/>
    public override int Encode(double value)
    {
        var lowest = symmetric ? 1 - half : -half;
        var rounded = (int)Math.Clamp(RoundToEven(value), lowest, half - 1);
        return rounded & ((2 * half) - 1);
    }

    /// <inheritdoc/>
    public override double Decode(int code) => code < half ? code : code - (2 * half);
}
