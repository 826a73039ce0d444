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
        if (!importance.IsEmpty)
            return Weighted(exact, rounded, importance);

        // Four partial sums of each kind: one alone would make every addition wait for the one before.
        double error0 = 0, error1 = 0, error2 = 0, error3 = 0, norm0 = 0, norm1 = 0, norm2 = 0, norm3 = 0;
        var i = 0;
        for (; i <= exact.Length - 4; i += 4)
        {
            Add(exact[i], rounded[i], ref error0, ref norm0);
            Add(exact[i + 1], rounded[i + 1], ref error1, ref norm1);
            Add(exact[i + 2], rounded[i + 2], ref error2, ref norm2);
            Add(exact[i + 3], rounded[i + 3], ref error3, ref norm3);
        }

        for (; i < exact.Length; i++)
            Add(exact[i], rounded[i], ref error0, ref norm0);
        return new SquaredError(error0 + error1 + (error2 + error3), norm0 + norm1 + (norm2 + norm3));
    }

    private static void Add(double exact, double rounded, ref double error, ref double norm)
    {
        var difference = rounded - exact;
        error += difference * difference;
        norm += exact * exact;
    }

    private static SquaredError Weighted(ReadOnlySpan<float> exact, ReadOnlySpan<float> rounded, ReadOnlySpan<float> importance)
    {
        double error = 0, norm = 0;
        for (var i = 0; i < exact.Length; i++)
        {
            double x = exact[i], h = importance[i];
            var difference = rounded[i] - x;
            error += h * difference * difference;
            norm += h * x * x;
        }

        return new SquaredError(error, norm);
    }
}
