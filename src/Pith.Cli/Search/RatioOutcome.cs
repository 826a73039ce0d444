using Pith.Compress.Ratio;

namespace Pith.Cli.Search;

/// <summary>What a ratio search found, and what the program measured and named besides.</summary>
/// <param name="Model">The model, as it was named.</param>
/// <param name="Validation">The text of the measured columns, in words.</param>
/// <param name="Result">The search.</param>
/// <param name="Points">The front with speeds and file names.</param>
/// <param name="Seconds">How long the search took, without the measuring of speeds.</param>
/// <param name="Command">The command line.</param>
internal sealed record RatioOutcome(
    string Model, string Validation, RatioResult Result, IReadOnlyList<MeasuredPoint> Points, double Seconds, string Command);
