using System.Globalization;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Which laws a kind of codec keeps. The table in docs/reference/formats.md is made from these rows.</summary>
/// <param name="Kind">The formats, as the table names them.</param>
/// <param name="Formats">Examples on which every "yes" is tested and every "no" has to have a counterexample.</param>
/// <param name="IsIdempotent">Rounding what is rounded changes nothing (with the same tensor parameter).</param>
/// <param name="KeepsOrder">In a block, x ≤ y gives x̂ ≤ ŷ.</param>
/// <param name="IsOdd">The negated row gives the negated result.</param>
/// <param name="IsEquivariant">The row times 2^k gives the result times 2^k, as long as no scale meets an end of its range.</param>
public sealed record CodecProperties(
    string Kind, string[] Formats, bool IsIdempotent, bool KeepsOrder, bool IsOdd, bool IsEquivariant)
{
    /// <summary>The table.</summary>
    public static readonly CodecProperties[] Table =
    [
        new("`fp32`, `bf16`", ["fp32", "bf16"], true, true, true, true),
        new("`fp16`", ["fp16"], true, true, true, false),
        new("`fixed`, given and calibrated", ["fixed8.7", "fixed4.3", "fixed8"], true, true, false, false),
        new("`minifloat`, also `@compat`", ["minifloat:e4m3", "minifloat:e2m1", "minifloat:e4m3@compat"], true, true, true, false),
        new("`dmf`", ["dmf:e4m3", "dmf:e5m2"], true, true, true, false),
        new("`dmf@compat`", ["dmf:e4m3@compat"], false, true, true, false),
        new("`bfp`", ["bfp2:16", "bfp4:16", "bfp6:16", "bfp8:16", "bfp9:16", "bfp6:row", "bfp5:5"], true, true, true, true),
        new("`bfp@mse`", ["bfp4:16@mse", "bfp6:16@mse"], true, true, true, true),
        new("`bfp@compat`", ["bfp4:16@compat"], false, true, true, false),
        new("`mxint`, also `@ceil`, `@mse`", ["mxint2:16", "mxint4:16", "mxint8:32", "mxint4:16@ceil", "mxint4:16@mse", "mxint8:32@mse"], true, true, true, true),
        new("`bmf`, also `@mse`", ["bmf8:16", "bmf6:16", "bmf4:16", "bmf8:16@mse"], true, true, true, true),
        new("`bmf@compat`", ["bmf8:16@compat"], false, true, true, false),
        new("`bl`, also `@mse`", ["bl8:16", "bl5:16", "bl4:16@mse"], true, true, true, true),
        new("`bl@compat`", ["bl8:16@compat", "bl7:16@compat"], true, true, false, true),
        new("`mxfp`, also `@ceil`, `@mse`", ["mxfp8e4m3:32", "mxfp8e5m2:32", "mxfp6e2m3:32", "mxfp6e3m2:32", "mxfp4:32", "mxfp4:32@ceil", "mxfp4:32@mse"], true, true, true, true),
        new("`nvfp4`", ["nvfp4"], false, true, true, true),
        new("`nvfp4@mse`", ["nvfp4@mse"], true, true, true, true),
    ];

    /// <summary>The row as Markdown.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Kind} | {Word(IsIdempotent)} | {Word(KeepsOrder)} | {Word(IsOdd)} | {Word(IsEquivariant)} |");

    private static string Word(bool holds) => holds ? "yes" : "no";
}
