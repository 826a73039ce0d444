namespace Pith.Kernels.Formats;

/// <summary>Integers as <c>s|magnitude</c>.</summary>
internal sealed class SignMagnitudeGrid(int bits) : ElementGrid
{
    private readonly int sign = 1 << (bits - 1);

    /// <inheritdoc/>
    public override double Largest => sign - 1;

    /// <inheritdoc/>
    public override int Encode(double value)
    {
        var magnitude = (int)Math.Min(RoundToEven(Math.Abs(value)), Largest);
        return value < 0 && magnitude > 0 ? sign | magnitude : magnitude;
    }

    /// <inheritdoc/>
    public override double Decode(int code) => (code & sign) != 0 ? -(code & ~sign) : code;
}
