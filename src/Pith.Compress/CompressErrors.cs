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

    /// <summary>A low-rank correction of a weight that stays as it is.</summary>
    public static readonly ErrorCode NothingToCorrect = new(
        "PITH4010", "There is no error to correct", "Give the weight a format: --weights, or \"weights\" in the plan.", ExitCode.Usage);

    /// <summary>A rank which the weight does not have.</summary>
    public static readonly ErrorCode RankTooLarge = new(
        "PITH4011", "The rank is too large", "A correction has at most as many ranks as the weight has rows and columns; lower \"rank\" in the plan.", ExitCode.Usage);

    /// <summary>A method that weighs inputs, and nothing is known of them.</summary>
    public static readonly ErrorCode NoCalibration = new(
        "PITH4012", "The method needs a calibration text", "Give --calibrate TEXT, or choose --low-rank-method lqer, which needs none.", ExitCode.Usage);

    /// <summary>The text is no budget.</summary>
    public static readonly ErrorCode BadBudget = new(
        "PITH4020", "Not a budget", "A budget is bits=4.5, bytes=40MiB, kl=0.02 or ppl+5%.", ExitCode.Usage);

    /// <summary>The options of a search cannot express the budget.</summary>
    public static readonly ErrorCode InfeasibleBudget = new(
        "PITH4021", "The options cannot meet the budget", "Choose a budget in the range, or add a narrower or wider format.", ExitCode.Usage);

    /// <summary>Not even the widest options keep to the loss.</summary>
    public static readonly ErrorCode UnreachableBudget = new(
        "PITH4022", "The budget is out of reach", "Allow a larger loss, or add a wider format.");

    /// <summary>A file of damages cannot be used.</summary>
    public static readonly ErrorCode BadDamageFile = new(
        "PITH4023", "The damages cannot be used", "A file of damages is {\"version\":1,\"model\":…,\"sites\":{\"layers.0.attn.q\":{\"mxint4:16\":0.01}}}.");

    /// <summary>The text is too short to hold a part of it back.</summary>
    public static readonly ErrorCode TooLittleText = new(
        "PITH4024", "There is too little text", "Give a longer calibration text, or a --validate text of its own.");

    /// <summary>A file of damages was made for another model.</summary>
    public static readonly ErrorCode DamagesOfAnotherModel = new(
        "PITH4025", "The damages are of another model", "Make them for this one: `pith train fisher MODEL --text TEXT --out FILE`.");

    /// <summary>Statistics of a weight's inputs are not what they must be.</summary>
    public static readonly ErrorCode BadStatistics = new(
        "PITH4030", "The statistics of the inputs cannot be used", "Calibrate again; if it stays, the model overflows on this text or the stored statistics are damaged.");
}
