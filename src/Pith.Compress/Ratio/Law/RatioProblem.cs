namespace Pith.Compress.Ratio.Law;

/// <summary>A model whose units can each be in low or in high precision.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="parameters">Parameters of each unit.</param>
/// <param name="measure">The loss increase with some units low (true), in nats a token: on the text for searching, or on the one for reporting.</param>
public sealed class RatioProblem(IReadOnlyList<long> parameters, Func<bool[], RatioText, CancellationToken, double> measure)
{
    private double[]? sensitivities;

    /// <summary>Parameters of each unit.</summary>
    public IReadOnlyList<long> Parameters { get; } = parameters;

    /// <summary>Measurements made so far.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The share of the parameters that is low, Q_r.</summary>
    public double RatioOf(bool[] low)
    {
        ArgumentNullException.ThrowIfNull(low);
        return (double)Parameters.Where((_, unit) => low[unit]).Sum() / Parameters.Sum();
    }

    /// <summary>The loss increase with some units low.</summary>
    public double Measure(bool[] low, RatioText text, CancellationToken cancellation)
    {
        Evaluations++;
        return measure(low, text, cancellation);
    }

    /// <summary>The loss increase with each unit alone low, on the text for searching; measured once.</summary>
    public IReadOnlyList<double> Sensitivities(CancellationToken cancellation) => sensitivities ??=
        [.. Enumerable.Range(0, Parameters.Count).Select(unit =>
        {
            var low = new bool[Parameters.Count];
            low[unit] = true;
            return Measure(low, RatioText.Search, cancellation);
        })];

    /// <summary>Takes units in an order until the ratio is as near as it gets to the one wanted.</summary>
    internal bool[] Take(IEnumerable<int> order, double ratio)
    {
        var low = new bool[Parameters.Count];
        var wanted = ratio * Parameters.Sum();
        var taken = 0.0;
        foreach (var unit in order)
        {
            if (taken + (Parameters[unit] / 2.0) > wanted)
                continue;
            low[unit] = true;
            taken += Parameters[unit];
        }

        return low;
    }
}
