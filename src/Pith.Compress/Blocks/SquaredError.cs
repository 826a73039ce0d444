namespace Pith.Compress.Blocks;

/// <summary>Sums from which a relative error is made: Σ h·(x̂ − x)² and Σ h·x².</summary>
/// <remarks>Sums are binary64 and taken in a fixed order, so equal inputs give equal bits whatever the threads.</remarks>
/// <param name="Error">Σ h·(x̂ − x)², ≥ 0.</param>
/// <param name="Norm">Σ h·x², ≥ 0.</param>
internal readonly record struct SquaredError(double Error, double Norm)
{
    /// <summary>The relative Frobenius error ‖x̂ − x‖ / ‖x‖; 0 where both are zero, NaN where a value is.</summary>
    public double Relative => Error == 0 && Norm == 0 ? 0 : Math.Sqrt(Error / Norm);

    public static SquaredError operator +(SquaredError left, SquaredError right) =>
        new(left.Error + right.Error, left.Norm + right.Norm);

    /// <summary>The sums of one row.</summary>
    /// <param name="exact">x.</param>
    /// <param name="rounded">x̂, as long.</param>
    /// <param name="importance">h, one a column; all one when empty.</param>
    public static SquaredError Of(ReadOnlySpan<float> exact, ReadOnlySpan<float> rounded, ReadOnlySpan<float> importance = default)
    {
        double error = 0, norm = 0;
        for (var i = 0; i < exact.Length; i++)
        {
            double x = exact[i];
            var difference = rounded[i] - x;
            var h = importance.IsEmpty ? 1.0 : importance[i];
            error += h * difference * difference;
            norm += h * x * x;
        }

        return new SquaredError(error, norm);
    }
}
