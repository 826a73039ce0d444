using System.Collections.Immutable;

namespace Pith.Compress.Ratio.Allocations;

/// <summary>How damages combine when they saturate: f = c · (1 - Π (1 - a)), the product over the options chosen.</summary>
/// <remarks>Source: coverage model of mixed-precision sensitivity (arXiv 2607.12266), here with one a for each option of a unit. With
/// b = -ln(1 - a) the exponent Σ b adds up over the units, so that any allocator can work with b as the damage. The option of a unit which
/// the fit takes as harmless has b = 0. Immutable, hence thread-safe.</remarks>
public sealed class CoverageModel
{
    private const int Sweeps = 200;
    private const int CeilingSteps = 60;

    // Keeps what the samples leave undetermined small; far below any damage that matters.
    private const double Ridge = 1e-9;

    private CoverageModel(double ceiling, ImmutableArray<ImmutableArray<double>> exponents)
    {
        Ceiling = ceiling;
        Exponents = exponents;
    }

    /// <summary>c: the damage where everything is at its worst.</summary>
    public double Ceiling { get; }

    /// <summary>b of each option of each unit, ≥ 0.</summary>
    public ImmutableArray<ImmutableArray<double>> Exponents { get; }

    /// <summary>Fits a model to measured allocations by least squares.</summary>
    /// <remarks>For a given c the logarithm makes the model linear in b; weights (1 - f/c)² undo what the logarithm does to the errors.
    /// Non-negative b by coordinate descent, c by a search over its logarithm.</remarks>
    /// <param name="problem">Units and options; the mildest option of a unit is taken as harmless.</param>
    /// <param name="choices">Allocations, about twice as many as there are harmful options.</param>
    /// <param name="damages">The measured damage of each, ≥ 0.</param>
    /// <exception cref="ArgumentException">Lengths differ, or there is no positive damage.</exception>
    public static CoverageModel Fit(AllocationProblem problem, IReadOnlyList<ImmutableArray<int>> choices, IReadOnlyList<double> damages)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentNullException.ThrowIfNull(damages);
        if (choices.Count != damages.Count || !damages.Any(damage => damage > 0))
            throw new ArgumentException("expected one damage for each choice, and one of them positive", nameof(damages));

        var columns = Columns(problem);
        var rows = choices.Select(choice => choice.Select((option, unit) => columns[unit][option]).Where(column => column >= 0).ToArray()).ToList();
        var count = columns.Sum(unit => unit.Count(column => column >= 0));
        var best = (Error: double.PositiveInfinity, Ceiling: 0.0, Exponents: Array.Empty<double>());
        var largest = damages.Max();
        for (var step = 0; step < CeilingSteps; step++)
        {
            // From just above the largest damage to a hundred times it, where the model is additive.
            var ceiling = largest * (1 + Math.Pow(10, -3 + (5.0 * step / (CeilingSteps - 1))));
            var exponents = Solve(rows, damages, ceiling, count);
            var error = rows.Zip(damages, (row, damage) => Math.Pow(Combine(ceiling, row.Sum(column => exponents[column])) - damage, 2)).Sum();
            if (error < best.Error)
                best = (error, ceiling, exponents);
        }

        return new CoverageModel(best.Ceiling, [.. columns.Select(unit =>
            ImmutableArray.CreateRange(unit, column => column < 0 ? 0 : best.Exponents[column]))]);
    }

    /// <summary>The damage of an allocation.</summary>
    public double Predict(ImmutableArray<int> choice)
    {
        var exponents = Exponents;
        return Combine(Ceiling, choice.Select((option, unit) => exponents[unit][option]).Sum());
    }

    /// <summary>The problem with the exponents in place of the damages: what is best for their sum is best for this model.</summary>
    /// <param name="problem">The problem which the model was fitted to.</param>
    public AllocationProblem Apply(AllocationProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return new AllocationProblem(problem.Units.Select((unit, index) =>
            new AllocationUnit(unit.Name, unit.Options.Select((option, i) => option with { Damage = Exponents[index][i] }))));
    }

    private static double Combine(double ceiling, double exponent) => -ceiling * double.ExpM1(-exponent);

    // The unknown of each option; -1 for the harmless one.
    private static ImmutableArray<ImmutableArray<int>> Columns(AllocationProblem problem)
    {
        var next = 0;
        return [.. problem.Units.Select(unit =>
            ImmutableArray.CreateRange(Enumerable.Range(0, unit.Options.Count).Select(option => option == unit.Mildest ? -1 : next++)))];
    }

    // min over b ≥ 0 of Σ_r w_r (y_r - Σ_{j in r} b_j)² + ridge, one b after the other.
    private static double[] Solve(List<int[]> rows, IReadOnlyList<double> damages, double ceiling, int count)
    {
        var b = new double[count];
        var weights = damages.Select(damage => Math.Pow(1 - (damage / ceiling), 2)).ToArray();
        var residuals = damages.Select(damage => -double.LogP1(-damage / ceiling)).ToArray();
        var members = Enumerable.Range(0, count).Select(column => Enumerable.Range(0, rows.Count).Where(row => rows[row].Contains(column)).ToArray()).ToArray();
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var column = 0; column < count; column++)
            {
                var (numerator, denominator) = (-Ridge * b[column], Ridge);
                foreach (var row in members[column])
                {
                    numerator += weights[row] * residuals[row];
                    denominator += weights[row];
                }

                var change = Math.Max(-b[column], numerator / denominator);
                b[column] += change;
                foreach (var row in members[column])
                    residuals[row] -= change;
            }
        }

        return b;
    }
}
