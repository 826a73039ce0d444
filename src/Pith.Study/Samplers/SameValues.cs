namespace Pith.Studies.Samplers;

/// <summary>Compares the values of a group of parameters.</summary>
internal sealed class SameValues : IEqualityComparer<double[]>
{
    private const long Multiplier = 0x1B873593;

    public static readonly SameValues Instance = new();

    public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(double[] obj)
    {
        var hash = 0L;
        foreach (var value in obj)
            hash = unchecked((hash * Multiplier) + BitConverter.DoubleToInt64Bits(value));
        return hash.GetHashCode() ^ (hash >> 47).GetHashCode();
    }
}
