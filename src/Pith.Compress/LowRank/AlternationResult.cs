namespace Pith.Compress.LowRank;

/// <summary>The best turn of an <see cref="Alternation"/>.</summary>
/// <param name="Rounded">Ŵ, [outputs, inputs], row-major: values of the weight's format.</param>
/// <param name="Term">The term for W − Ŵ, and the error of both together.</param>
/// <param name="Turn">The turn it comes from, from 0.</param>
/// <param name="Errors">‖F·(W − Ŵ − C)‖ of every turn.</param>
public sealed record AlternationResult(float[] Rounded, LowRankResult Term, int Turn, IReadOnlyList<double> Errors);
