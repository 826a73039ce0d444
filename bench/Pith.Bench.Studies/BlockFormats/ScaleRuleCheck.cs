using Pith.Compress.Blocks;
using Pith.Core.Formats;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>Whether the searched scale is ever worse than the standard one, on every weight of a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Format">The format with its standard rule.</param>
/// <param name="Error">What is compared: the plain error, or the one weighted by mean squares of the inputs.</param>
/// <param name="Weights">Weights compared.</param>
/// <param name="Worse">Weights on which the search is worse; 0 is what is claimed.</param>
/// <param name="Standard">Root mean square error over the weights with the standard rule.</param>
/// <param name="Ceil">The same with the ceil rule; null where the format has none.</param>
/// <param name="Searched">The same with the search.</param>
internal sealed record ScaleRuleCheck(
    string Model, string Format, string Error, int Weights, int Worse, double Standard, double? Ceil, double Searched)
{
    /// <summary>The formats which have a search.</summary>
    public static IReadOnlyList<string> Formats { get; } =
        ["bfp4:16", "bfp6:16", "bmf8:16", "bmf4:16", "bl8:16", "mxint4:16", "mxint6:16", "mxint8:32", "mxfp4:32", "mxfp6e2m3:32", "mxfp8e4m3:32", "nvfp4"];

    /// <summary>Measures one format on one model.</summary>
    /// <param name="study">The model.</param>
    /// <param name="format">The format with its standard rule.</param>
    /// <param name="statistics">Gives the weighting; null for the plain error.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellation">Stops between chunks of a weight.</param>
    public static ScaleRuleCheck Measure(
        StudyModel study, string format, OperandStatistics? statistics, int threads, CancellationToken cancellation)
    {
        var standard = Errors(format)!;
        var searched = Errors(format + "@mse")!;
        var ceil = Errors(format + "@ceil");
        return new ScaleRuleCheck(
            study.Name,
            format,
            statistics is null ? "plain" : "weighted",
            standard.Length,
            standard.Zip(searched).Count(pair => pair.Second > pair.First),
            RootMeanSquare(standard),
            ceil is null ? null : RootMeanSquare(ceil),
            RootMeanSquare(searched));

        double[]? Errors(string text) => NumberFormat.TryParse(text, out var parsed)
            ? [.. study.Weights.Select(weight => WeightError.Relative(
                study.Source.Tensors, weight.Name, parsed!, statistics?.Importance(weight.Site) ?? default(ReadOnlyMemory<float>), threads, cancellation))]
            : null;
    }

    private static double RootMeanSquare(double[] errors) => Math.Sqrt(errors.Average(error => error * error));
}
