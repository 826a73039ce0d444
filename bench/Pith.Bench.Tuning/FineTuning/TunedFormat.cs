using Pith.Compress.Blocks;
using Pith.Core.Formats;

namespace Pith.Bench.Tuning.FineTuning;

/// <summary>One way to round a model, compared before and after tuning.</summary>
/// <param name="Name">What its rows are called.</param>
/// <param name="Weights">Format of the weights.</param>
/// <param name="Activations">Format of all other operands, attention's included; null leaves them in 32-bit floats.</param>
internal sealed record TunedFormat(string Name, NumberFormat Weights, NumberFormat? Activations)
{
    /// <summary>Every row.</summary>
    public static IReadOnlyList<TunedFormat> All { get; } =
    [
        Of("mxint4:16", "mxint4:16"),
        Of("mxint4:16", null),
        Of("mxint3:16", null),
    ];

    /// <summary>The same for <see cref="Quantizer"/>.</summary>
    public QuantizeOptions ToOptions(int threads) => new() { Weights = Weights, Activations = Activations, Threads = threads };

    private static TunedFormat Of(string weights, string? activations) => new(
        activations is null ? $"{weights}, weights only" : weights == activations ? weights : $"{weights} / {activations}",
        NumberFormat.Parse(weights),
        activations is null ? null : NumberFormat.Parse(activations));
}
