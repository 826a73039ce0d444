using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>Rounds a weight and finds its low-rank term in turns: round W − C, find C from what is left, and so on; the best turn is kept.</summary>
/// <remarks>Each weight is judged by ‖F·(W − Ŵ − C)‖. A turn never loses: the first is the plain order, and only a smaller error replaces the best.
/// With <see cref="AlternationOptions.TermFirst"/> the first term is that of W itself, SVDQuant's order (arXiv 2411.05007). Thread-safe.</remarks>
public static class Alternation
{
    /// <summary>Runs it.</summary>
    /// <param name="weight">W, [outputs, inputs], row-major.</param>
    /// <param name="rounding">How W − C is rounded.</param>
    /// <param name="scale">F, for this weight's inputs.</param>
    /// <param name="options">Rank, format, turns.</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or an option is out of range.</exception>
    /// <exception cref="Core.Diagnostics.PithException">A weight is not finite (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static AlternationResult Run(
        ReadOnlyMemory<float> weight,
        IWeightRounding rounding,
        ScaleMatrix scale,
        AlternationOptions options,
        Workers workers,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rounding);
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Turns, 1, nameof(options));
        AlternationResult? best = null;
        var errors = new List<double>();
        var term = options.TermFirst ? LowRankSolver.Solve(weight, default, scale, options.Term, workers, cancellation).Term : null;
        for (var turn = 0; turn < options.Turns; turn++)
        {
            var rounded = rounding.Round(term is null ? weight : Without(weight, term, workers), scale.Inputs, workers, cancellation);
            var found = LowRankSolver.Solve(weight, rounded, scale, options.Term, workers, cancellation);
            errors.Add(found.ErrorAfter);
            if (best is null || found.ErrorAfter < best.Term.ErrorAfter)
                best = new AlternationResult(rounded, found, turn, errors);
            term = found.Term;
        }

        return best!;
    }

    /// <summary>W − (A·B)ᵀ.</summary>
    internal static float[] Without(ReadOnlyMemory<float> weight, LowRankTerm term, Workers workers)
    {
        var rest = new Matrix(Array.ConvertAll(weight.ToArray(), x => (double)x), term.Outputs, term.Inputs);
        var a = new Matrix(Array.ConvertAll(term.TransposedA, x => (double)x), term.Rank, term.Inputs);
        var b = new Matrix(Array.ConvertAll(term.TransposedB, x => (double)x), term.Outputs, term.Rank);
        MatrixProduct.Add(rest.View, -1, b.View, a.View, workers);
        return Array.ConvertAll(rest.Values, x => (float)x);
    }
}
