using Pith.Core.Diagnostics;

namespace Pith.Compress;

/// <summary>Errors of compression: PITH4000 to PITH4099.</summary>
public static class CompressErrors
{
    /// <summary>A weight holds a NaN or an infinity and its format cannot say so.</summary>
    public static readonly ErrorCode NonFiniteWeight = new(
        "PITH4001", "A weight is not finite", "Check the checkpoint; the OCP formats (mxfp8e4m3, mxint8, …) store such blocks as NaN.");

    /// <summary>The plan names sites which the model does not have.</summary>
    public static readonly ErrorCode UnknownSites = new(
        "PITH4002", "The plan does not fit the model", "`pith model sites MODEL` lists the sites of a model.");

    /// <summary>The model is quantized already.</summary>
    public static readonly ErrorCode AlreadyQuantized = new(
        "PITH4003", "The model is quantized already", "Quantize the original model instead: errors would add up.");

    /// <summary>Nothing is to be quantized.</summary>
    public static readonly ErrorCode NothingToDo = new(
        "PITH4004", "Nothing to quantize", "Give --weights, --activations or a --plan.", ExitCode.Usage);
}
