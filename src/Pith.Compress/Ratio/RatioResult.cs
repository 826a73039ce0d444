namespace Pith.Compress.Ratio;

/// <summary>What a ratio search found.</summary>
/// <param name="Space">Units and options.</param>
/// <param name="Damages">The estimated damages, by unit, then by option; empty where none were estimated.</param>
/// <param name="Chosen">The allocation at the budget.</param>
/// <param name="Front">Allocations none of which has both fewer bytes and a smaller divergence than another, fewest bytes first; the chosen
/// one is among them, also where another is better on the validation text.</param>
/// <param name="Knee">The point of the front farthest below the line between its ends; null with fewer than three.</param>
/// <param name="ExchangeRate">Estimated damage which the next byte would take away at the budget.</param>
/// <param name="CalibrationKl">Divergence of the chosen allocation on the calibration text.</param>
/// <param name="CalibrationPerplexity">Perplexity of the chosen allocation on the calibration text, and of the unquantized model.</param>
/// <param name="ReferencePerplexity">Perplexity of the unquantized model on the validation text.</param>
/// <param name="Evaluations">What the search cost, in passes over the calibration text.</param>
/// <param name="ValidationPasses">What the measured columns cost, in passes over the validation text.</param>
public sealed record RatioResult(
    RatioSpace Space,
    IReadOnlyList<IReadOnlyList<double>> Damages,
    RatioPoint Chosen,
    IReadOnlyList<RatioPoint> Front,
    RatioPoint? Knee,
    double ExchangeRate,
    double CalibrationKl,
    (double Chosen, double Reference) CalibrationPerplexity,
    double ReferencePerplexity,
    double Evaluations,
    double ValidationPasses);
