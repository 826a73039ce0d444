using Pith.Core.Formats;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>One row of the study: a format for both operands of every product.</summary>
/// <param name="Name">What the row is called: the format's own text, or both where the operands differ.</param>
/// <param name="Weights">Format of the weights.</param>
/// <param name="Activations">Format of what the weights are multiplied with.</param>
/// <param name="Attention">Format of both operands of attention.</param>
internal sealed record StudiedFormat(string Name, NumberFormat Weights, NumberFormat Activations, NumberFormat Attention)
{
    /// <summary>Every row, from wide to narrow within a family.</summary>
    public static IReadOnlyList<StudiedFormat> All { get; } =
    [
        Of("bf16"),
        Of("fixed8.7", "fixed8.4"), Of("fixed8"),
        Of("minifloat:e4m3"), Of("minifloat:e4m3@compat"),
        Of("dmf:e4m3"), Of("dmf:e4m3@compat"),
        Of("bl8:16"), Of("bl8:16@compat"),
        Of("bmf8:16"), Of("bmf8:16@compat"), Of("bmf6:16"), Of("bmf5:16"), Of("bmf4:16"),
        Of("bfp8:16"),
        Of("bfp6:16"), Of("bfp6:16@compat"), Of("bfp6:16@mse"),
        Of("bfp5:16"),
        Of("bfp4:16"), Of("bfp4:16@compat"), Of("bfp4:16@mse"),
        Of("mxint8:32"), Of("mxint6:16"), Of("mxint6:32"),
        Of("mxint4:16"), Of("mxint4:16@ceil"), Of("mxint4:16@mse"), Of("mxint4:32"),
        Of("mxfp8e4m3:32"), Of("mxfp8e5m2:32"),
        Of("mxfp6e2m3:32"), Of("mxfp6e3m2:32"),
        Of("mxfp4:32"), Of("mxfp4:32@ceil"), Of("mxfp4:32@mse"),
        Of("nvfp4"), Of("nvfp4@mse"),
        Of("bfp4:16", "bfp6:16"), Of("mxfp4:32", "mxfp8e4m3:32"),
        Of("bfp6:16", "bfp6:16", "bfp8:16"), Of("mxint6:16", "mxint6:16", "mxint8:16"),
    ];

    private static StudiedFormat Of(string both) => Of(both, both);

    private static StudiedFormat Of(string weights, string activations) =>
        new(weights == activations ? weights : $"{weights} / {activations}", NumberFormat.Parse(weights), NumberFormat.Parse(activations), NumberFormat.Parse(activations));

    private static StudiedFormat Of(string weights, string activations, string attention) =>
        Of(weights, activations) with { Name = $"{weights}, attention {attention}", Attention = NumberFormat.Parse(attention) };
}
