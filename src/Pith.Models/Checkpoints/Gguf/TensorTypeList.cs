using System.Globalization;
using System.Text;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A plan as llama.cpp's quantizer takes it: one line <c>pattern=type</c> a tensor, for <c>--tensor-type-file</c>.</summary>
/// <remarks>A format which ggml has is named as it is there. Any other is given the type nearest in bits among those whose blocks divide the
/// rows of the tensor: the plan's distribution of bits is kept, its rounding is ggml's. Thread-safe.</remarks>
public static class TensorTypeList
{
    // Rows of whole super-blocks of 256 get the K types, which lose less.
    private static readonly (string Name, double Bits, int Block)[] types =
    [
        ("q2_k", 2.625, 256), ("q3_k", 3.4375, 256), ("q4_k", 4.5, 256), ("q5_k", 5.5, 256), ("q6_k", 6.5625, 256),
        ("q4_0", 4.5, 32), ("q5_0", 5.5, 32), ("q8_0", 8.5, 32), ("f16", 16, 1), ("f32", 32, 1),
    ];

    /// <summary>The lines of a plan.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The list; null where a tensor has no name in GGUF.</returns>
    public static string? TryWrite(ModelConfig config, Plan plan)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            if (plan[shape.Site].Weights is not { } format)
                continue;
            if (GgufNames.FromHub(config.WeightNameOf(shape.Site)) is not { } name)
                return null;
            text.Append(CultureInfo.InvariantCulture, $"{name.Replace(".", "\\.", StringComparison.Ordinal)}={TypeOf(format, shape)}\n");
        }

        return text.ToString();
    }

    private static string TypeOf(NumberFormat format, SiteShape shape)
    {
        if (format.IsGgml)
            return format.ToString();
        switch (format.ToString())
        {
            case "fp32":
                return "f32";
            case "fp16":
                return "f16";
            case "bf16":
                return "bf16";
            case "mxfp4:32" when shape.Inputs % 32 == 0:
                return "mxfp4";
        }

        var bits = (double)format.StoredBits(shape.Outputs, shape.Inputs) / shape.Weights;
        return types.Where(type => shape.Inputs % type.Block == 0).MinBy(type => Math.Abs(type.Bits - bits)).Name;
    }
}
