using Pith.Compress.Ratio;

namespace Pith.Cli.Search;

/// <summary>A point of a front, its plan's file and the speed of the model it makes.</summary>
/// <param name="Point">The point.</param>
/// <param name="PlanFile">Name of the plan's file in the output folder.</param>
/// <param name="TokensPerS">Tokens generated in a second, one after the other, with the weights packed.</param>
internal sealed record MeasuredPoint(RatioPoint Point, string PlanFile, double TokensPerS);
