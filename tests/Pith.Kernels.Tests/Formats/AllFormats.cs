using Pith.Core.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>The formats on which every property is tested.</summary>
internal static class AllFormats
{
    public static readonly string[] Wide = ["fp32", "bf16", "fp16"];

    public static readonly string[] Exact =
    [
        "fixed8.7", "fixed8.4", "fixed2.0", "fixed5.9", "fixed9.4", "fixed10.5", "fixed11", "fixed12.3", "fixed13.9", "fixed14.2", "fixed15", "fixed16.15", "fixed8", "fixed4", "fixed6",
        "minifloat:e4m3", "minifloat:e5m2", "minifloat:e2m1", "minifloat:e3m2", "minifloat:e2m10", "minifloat:e5m10",
        "dmf:e4m3", "dmf:e5m2", "dmf:e2m1", "dmf:e3m4", "dmf:e5m10",
        "bfp2:16", "bfp3:16", "bfp4:16", "bfp5:16", "bfp6:16", "bfp7:16", "bfp8:16", "bfp9:16",
        "bfp9:32@mse", "bfp9:9", "mxint9:row", "bfp6:8", "bfp4:32", "bfp5:5", "bfp6:row", "bfp4:64", "bfp6:16@mse", "bfp4:32@mse",
        "mxint2:16", "mxint3:16", "mxint4:16", "mxint5:32", "mxint6:16", "mxint7:16", "mxint8:32", "mxint9:16",
        "mxint8:7", "mxint4:row", "mxint4:16@ceil", "mxint8:32@ceil", "mxint4:16@mse", "mxint8:32@mse",
        "bmf8:16", "bmf6:16", "bmf5:16", "bmf4:16", "bmf7:16", "bmf8e5m2:16", "bmf8e6m1:16", "bmf8e2m5:32", "bmf8:16@mse",
        "bl8:16", "bl7:16", "bl5:16", "bl4:16", "bl4:3", "bl4:16@mse",
        "mxfp8e4m3:32", "mxfp8e5m2:32", "mxfp6e2m3:32", "mxfp6e3m2:32", "mxfp4:32", "mxfp4:16", "mxfp4:10",
        "mxfp8e4m3:32@ceil", "mxfp8e5m2:32@ceil", "mxfp4:32@ceil", "mxfp4:32@mse", "mxfp8e5m2:32@mse", "mxfp6e2m3:32@mse",
        "nvfp4", "nvfp4@mse",
    ];

    public static readonly string[] Compat =
    [
        "minifloat:e4m3@compat", "minifloat:e2m1@compat", "dmf:e4m3@compat", "dmf:e2m3@compat",
        "bfp4:16@compat", "bfp6:16@compat", "bfp8:16@compat", "bmf8:16@compat", "bl8:16@compat", "bl4:16@compat",
    ];

    public static readonly string[] Ggml =
        ["q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs"];

    /// <summary>Every one of them.</summary>
    public static IEnumerable<string> Names => Wide.Concat(Exact).Concat(Compat).Concat(Ggml);

    /// <summary>For theories.</summary>
    public static TheoryData<string> All => [.. Names];

    /// <summary>Those that have blocks of integers, floats or logarithms rather than 16 or 32 bits of their own.</summary>
    public static TheoryData<string> Narrow => [.. Exact.Concat(Compat)];

    /// <summary>Formats with correct rounding, for theories.</summary>
    public static TheoryData<string> Correct => [.. Exact];

}
