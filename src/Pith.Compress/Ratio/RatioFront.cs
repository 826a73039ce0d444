namespace Pith.Compress.Ratio;

/// <summary>Picks the points worth showing, and the knee among them.</summary>
internal static class RatioFront
{
    /// <summary>The points that no other beats in bytes and divergence, and one that stays in any case; fewest bytes first.</summary>
    public static IReadOnlyList<RatioPoint> Of(IEnumerable<RatioPoint> points, RatioPoint kept)
    {
        var all = points.Prepend(kept).DistinctBy(point => string.Join(',', point.Choice)).OrderBy(point => point.Bytes).ThenBy(point => point.Kl).ToList();
        var front = new List<RatioPoint>();
        var least = double.PositiveInfinity;
        foreach (var point in all)
        {
            var isBetter = point.Kl < least;
            if (isBetter || point.Choice.SequenceEqual(kept.Choice))
                front.Add(point);
            if (isBetter)
                least = point.Kl;
        }

        return front;
    }

    /// <summary>The point farthest below the line between the ends, both axes scaled to the front; null with fewer than three points.</summary>
    /// <remarks>The usual measure of a knee (Das, 1999): distance from the chord.</remarks>
    public static RatioPoint? KneeOf(IReadOnlyList<RatioPoint> front)
    {
        if (front.Count < 3 || front[0].Kl <= front[^1].Kl)
            return null;
        var (first, last) = (front[0], front[^1]);
        return front.MinBy(point =>
            ((double)(point.Bytes - first.Bytes) / (last.Bytes - first.Bytes)) + ((point.Kl - last.Kl) / (first.Kl - last.Kl)));
    }
}
