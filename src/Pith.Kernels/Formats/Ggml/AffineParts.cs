namespace Pith.Kernels.Formats;

/// <summary>Scales and minima of the parts of a block, counted in two units: <c>x̂ = d·s·q - e·m</c>.</summary>
/// <remarks>Ours: units from the largest scale and minimum, then counts around the nearest that leave the least error.</remarks>
internal static class AffineParts
{
    private const int Reach = 1;

    /// <summary>Finds the units.</summary>
    /// <param name="values">All values of the block.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="largest">Largest code.</param>
    /// <param name="most">Largest count.</param>
    /// <param name="scales">Receives the wanted scale of each part.</param>
    /// <param name="minima">Receives the wanted minimum of each part.</param>
    public static (float Scale, float Minimum) Units(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int largest, int most, Span<float> scales, Span<float> minima)
    {
        var length = values.Length / scales.Length;
        for (var part = 0; part < scales.Length; part++)
            (scales[part], minima[part]) = GgmlSearch.Affine(values.Slice(part * length, length), weights.Slice(part * length, length), largest);
        return (ScaleUnit.Of(scales, most), ScaleUnit.Of(minima, most));
    }

    /// <summary>The counts of one part.</summary>
    public static (int Scale, int Minimum) Counts(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int largest, int most, (float Scale, float Minimum) wanted, (float Scale, float Minimum) units)
    {
        var nearScale = Nearest(wanted.Scale, units.Scale, most);
        var nearMinimum = Nearest(wanted.Minimum, units.Minimum, most);
        var (best, error) = ((nearScale, nearMinimum), double.PositiveInfinity);
        for (var scale = Math.Max(nearScale - Reach, 0); scale <= Math.Min(nearScale + Reach, most); scale++)
        {
            for (var minimum = Math.Max(nearMinimum - Reach, 0); minimum <= Math.Min(nearMinimum + Reach, most); minimum++)
            {
                var found = GgmlSearch.AffineError(values, weights, largest, units.Scale * scale, units.Minimum * minimum);
                if (found < error)
                    (best, error) = ((scale, minimum), found);
            }
        }

        return best;
    }

    private static int Nearest(float wanted, float unit, int most) =>
        (int)Math.Clamp(MathF.Round(wanted * GgmlSearch.FiniteInverse(unit)), 0, most);
}
