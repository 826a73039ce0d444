using Pith.Studies.Samplers;

namespace Pith.Compress.Ratio.Law;

/// <summary>Fits a law, with intervals from a bootstrap and a score on points that were held out.</summary>
internal static class LawFitter
{
    private const int Resamples = 2000;
    private const double Tail = 0.025;

    /// <summary>Fits; null where the points do not determine the coefficients.</summary>
    /// <param name="form">The law.</param>
    /// <param name="scope">Which points, for people.</param>
    /// <param name="rows">The observations.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static LawFit? Fit(LawForm form, string scope, IReadOnlyList<LawRow> rows, long seed)
    {
        if (rows.Count <= form.Coefficients.Count || Solve(rows) is not { } solution)
            return null;
        var mean = rows.Average(row => row.Response);
        var variance = rows.Sum(row => Square(row.Response - mean));
        var residuals = rows.Select(row => row.Response - LeastSquares.Dot(row.Terms, solution)).ToArray();
        var squares = residuals.Sum(Square);
        var intervals = Intervals(rows, solution, residuals, seed);
        return new LawFit(
            form,
            scope,
            [.. form.Coefficients.Select((name, i) => new LawCoefficient(name, solution[i], intervals[i].Low, intervals[i].High))],
            1 - (squares / variance),
            1 - (HeldOut(rows) / variance),
            (rows.Count * Math.Log(squares / rows.Count)) + (2 * (form.Coefficients.Count + 1)),
            rows.Count);
    }

    private static double[]? Solve(IReadOnlyList<LawRow> rows) =>
        LeastSquares.Solve([.. rows.Select(row => row.Terms)], [.. rows.Select(row => row.Response)]);

    // Every point from a fit to the others. A point without which the others determine nothing makes the sum NaN.
    private static double HeldOut(IReadOnlyList<LawRow> rows) => rows.Sum(left =>
        Solve([.. rows.Where(row => !ReferenceEquals(row, left))]) is { } others ? Square(left.Response - LeastSquares.Dot(left.Terms, others)) : double.NaN);

    // Residuals are drawn anew, so that each resample has the design of the data: with four models a resample of points would often lack two of
    // them. A fit with p coefficients to n points shrinks residuals by (n - p) / n in the mean square.
    private static (double Low, double High)[] Intervals(IReadOnlyList<LawRow> rows, double[] solution, double[] residuals, long seed)
    {
        var scale = Math.Sqrt(rows.Count / (double)(rows.Count - solution.Length));

        // The solution is linear in the responses: what each response adds is found once.
        var shares = rows.Select(row => Solve([.. rows.Select(other => other with { Response = ReferenceEquals(other, row) ? 1 : 0 })])!).ToList();
        var resampled = solution.Select(_ => new double[Resamples]).ToArray();
        for (var resample = 0; resample < Resamples; resample++)
        {
            var random = new TrialRandom(seed, resample);
            var drawn = shares.Select(_ => scale * residuals[random.Below(residuals.Length)]).ToList();
            for (var i = 0; i < solution.Length; i++)
                resampled[i][resample] = solution[i] + shares.Zip(drawn, (share, residual) => share[i] * residual).Sum();
        }

        return [.. resampled.Select(values => Ends([.. values.Order()]))];
    }

    private static (double Low, double High) Ends(double[] sorted) =>
        (sorted[(int)(Tail * (sorted.Length - 1))], sorted[(int)Math.Ceiling((1 - Tail) * (sorted.Length - 1))]);

    private static double Square(double value) => value * value;
}
