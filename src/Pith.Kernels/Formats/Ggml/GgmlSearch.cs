using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Least-squares searches for the scale, or the scale and minimum, of a few numbers.</summary>
/// <remarks>Ours: scales around the obvious one are tried; for each the codes follow by rounding, and for given codes the best scale
/// has a closed form, which is tried again. Eight numbers at a time, sums in a fixed order: the
/// result depends on no machine. The numbers of values are multiples of eight.</remarks>
internal static class GgmlSearch
{
    private const int Steps = 10;
    private const float StepWidth = 0.125f;
    private const int Refinements = 3;
    private const int Lanes = 8;

    /// <summary>The scale s, of either sign, with the least <c>Σ w (x - s·q)²</c>, q being the level nearest to x/s; 0 for zeros.</summary>
    /// <param name="values">x.</param>
    /// <param name="weights">w ≥ 0, one a value.</param>
    public static float Symmetric<TLevels>(ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
        where TLevels : ILevels
    {
        var extreme = Extreme(values);
        var (best, gain) = (0f, 0.0);
        if (extreme == 0)
            return best;
        var width = StepWidth * Math.Max(1, TLevels.Highest / 16f);
        for (var step = -Steps; step <= Steps; step++)
        {
            Improve<TLevels>(values, weights, (TLevels.Lowest + (step * width)) / extreme, ref best, ref gain);
            Improve<TLevels>(values, weights, (TLevels.Highest + (step * width)) / extreme, ref best, ref gain);
        }

        for (var pass = 0; pass < Refinements && best != 0; pass++)
            Improve<TLevels>(values, weights, 1 / best, ref best, ref gain);
        return best != 0 ? best : extreme / TLevels.Lowest;
    }

    /// <summary>The scale s ≥ 0 and minimum m ≥ 0 with the least <c>Σ w (x - (s·q - m))²</c>, q being 0 … <paramref name="largest"/>.</summary>
    public static (float Scale, float Minimum) Affine(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int largest)
    {
        var (least, most) = (0f, float.MinValue);
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        if (most <= least)
            return (0, -least);
        var best = ((most - least) / largest, -least);
        var error = AffineError(values, weights, largest, best.Item1, best.Item2);
        var width = StepWidth * Math.Max(1, largest / 16f);
        for (var step = -Steps; step <= Steps; step++)
        {
            var scale = (most - least) / (largest + (step * width));
            if (scale > 0 && float.IsFinite(scale))
                ImproveAffine(values, weights, largest, (scale, -least), ref best, ref error);
        }

        for (var pass = 0; pass < Refinements; pass++)
            ImproveAffine(values, weights, largest, best, ref best, ref error);
        return best;
    }

    /// <summary><c>Σ w (x - (s·q - m))²</c>, q being the nearest code.</summary>
    public static double AffineError(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int largest, float scale, float minimum)
    {
        var inverse = FiniteInverse(scale);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < values.Length; i += Lanes)
        {
            var x = Vector256.Create(values.Slice(i, Lanes));
            var q = AffineCodes(x, minimum, inverse, largest);
            var difference = x - ((Vector256.Create(scale) * q) - Vector256.Create(minimum));
            sum += Vector256.Create(weights.Slice(i, Lanes)) * difference * difference;
        }

        return Total(sum);
    }

    /// <summary>The code of a number: (x + m) / s rounded, in 0 … <paramref name="largest"/>.</summary>
    public static int AffineCode(float value, float minimum, float inverse, int largest) =>
        (int)MathF.Round(Math.Clamp((value + minimum) * inverse, 0, largest));

    /// <summary><c>Σ w (x - s·q)²</c>, q being the nearest level.</summary>
    public static double SymmetricError<TLevels>(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float scale)
        where TLevels : ILevels
    {
        var inverse = Vector256.Create(FiniteInverse(scale));
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < values.Length; i += Lanes)
        {
            var x = Vector256.Create(values.Slice(i, Lanes));
            var difference = x - (Vector256.Create(scale) * TLevels.Nearest(x * inverse));
            sum += Vector256.Create(weights.Slice(i, Lanes)) * difference * difference;
        }

        return Total(sum);
    }

    /// <summary>1/x; 0 where that is not finite.</summary>
    public static float FiniteInverse(float value) => float.IsFinite(1 / value) ? 1 / value : 0;

    /// <summary>The integer scale next to <c>scale / unit</c> with the least error, and at most one away from it.</summary>
    public static int NearbyScale<TLevels>(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float scale, float unit, int lowest, int highest)
        where TLevels : ILevels
    {
        var nearest = (int)Math.Clamp(MathF.Round(scale * FiniteInverse(unit)), lowest, highest);
        var (best, error) = (nearest, double.PositiveInfinity);
        for (var candidate = Math.Max(nearest - 1, lowest); candidate <= Math.Min(nearest + 1, highest); candidate++)
        {
            if (SymmetricError<TLevels>(values, weights, unit * candidate) is var found && found < error)
                (best, error) = (candidate, found);
        }

        return best;
    }

    private static void Improve<TLevels>(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float inverse, ref float best, ref double gain)
        where TLevels : ILevels
    {
        if (!float.IsFinite(inverse))
            return;
        var (xqSum, qqSum) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < values.Length; i += Lanes)
        {
            var x = Vector256.Create(values.Slice(i, Lanes));
            var q = TLevels.Nearest(x * Vector256.Create(inverse));
            var wq = Vector256.Create(weights.Slice(i, Lanes)) * q;
            xqSum += wq * x;
            qqSum += wq * q;
        }

        var (xq, qq) = (Total(xqSum), Total(qqSum));

        // With the scale xq/qq these codes leave Σ w x² - xq²/qq.
        if (qq > 0 && double.IsFinite(xq) && xq * xq / qq is var found && found > gain && float.IsFinite((float)(qq / xq)))
            (best, gain) = ((float)(xq / qq), found);
    }

    private static void ImproveAffine(
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> weights,
        int largest,
        (float Scale, float Minimum) start,
        ref (float Scale, float Minimum) best,
        ref double error)
    {
        var inverse = FiniteInverse(start.Scale);
        var (wSum, qSum, qqSum, xSum, xqSum) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < values.Length; i += Lanes)
        {
            var numbers = Vector256.Create(values.Slice(i, Lanes));
            var weight = Vector256.Create(weights.Slice(i, Lanes));
            var codes = AffineCodes(numbers, start.Minimum, inverse, largest);
            wSum += weight;
            qSum += weight * codes;
            qqSum += weight * codes * codes;
            xSum += weight * numbers;
            xqSum += weight * codes * numbers;
        }

        var (w, q, qq, x, xq) = (Total(wSum), Total(qSum), Total(qqSum), Total(xSum), Total(xqSum));
        var determinant = (w * qq) - (q * q);
        if (!(determinant > 0))
            return;
        var scale = ((w * xq) - (q * x)) / determinant;
        var minimum = -((qq * x) - (q * xq)) / determinant;
        if (minimum < 0)
            (scale, minimum) = (xq / qq, 0);
        if (!(scale > 0) || !float.IsFinite((float)scale) || !float.IsFinite((float)minimum))
            return;
        var found = AffineError(values, weights, largest, (float)scale, (float)minimum);
        if (found < error)
            (best, error) = (((float)scale, (float)minimum), found);
    }

    private static Vector256<float> AffineCodes(Vector256<float> values, float minimum, float inverse, int largest)
    {
        var codes = (values + Vector256.Create(minimum)) * Vector256.Create(inverse);
        return Vector256.Round(Vector256.Min(Vector256.Max(codes, Vector256<float>.Zero), Vector256.Create((float)largest)));
    }

    private static double Total(Vector256<float> sums)
    {
        var halves = sums.GetLower() + sums.GetUpper();
        return ((double)halves[0] + halves[2]) + ((double)halves[1] + halves[3]);
    }

    private static float Extreme(ReadOnlySpan<float> values)
    {
        var extreme = 0f;
        foreach (var value in values)
        {
            if (Math.Abs(value) > Math.Abs(extreme))
                extreme = value;
        }

        return extreme;
    }
}
