using Pith.Core.Diagnostics;

namespace Pith.Core;

/// <summary>Errors of the core: number formats, plans and writing files.</summary>
public static class CoreErrors
{
    /// <summary>The text is not the name of a number format.</summary>
    public static readonly ErrorCode UnknownFormat = new(
        "PITH1001", "Not a number format", "`pith format list` shows every format and how it is written.");

    /// <summary>The text is not the address of a site.</summary>
    public static readonly ErrorCode UnknownSite = new(
        "PITH1002", "Not a site", "A site is written layers.<n>.attn.{q,k,v,o,qk,av} or layers.<n>.mlp.{gate,up,down,fc1,fc2}.");

    /// <summary>A plan file cannot be read.</summary>
    public static readonly ErrorCode BadPlan = new(
        "PITH1003", "Not a plan", "A plan is {\"version\":1,\"sites\":{\"layers.0.attn.q\":{\"weights\":F,\"activations\":F}}}.");

    /// <summary>The place to write to is taken.</summary>
    public static readonly ErrorCode OutputExists = new(
        "PITH1010", "The output exists already", "Choose another --out, or pass --force to replace it.", ExitCode.Usage);

    /// <summary>Writing failed; nothing is left under the final name.</summary>
    public static readonly ErrorCode CannotWrite = new(
        "PITH1011", "The output cannot be written", "Check free space and permissions of the target folder.", ExitCode.Failed);

    /// <summary>A text of numbers holds something else.</summary>
    public static readonly ErrorCode NotANumber = new(
        "PITH1020", "Not a number", "Write decimal numbers such as -0.25 or 1e-3, separated by blanks or commas, one row a line.");

    /// <summary>A NaN or an infinity, and a format that has no code for it.</summary>
    public static readonly ErrorCode NotFinite = new(
        "PITH1021", "A number is not finite", "Only mxfp…, mxint8, fp32, bf16 and fp16 can hold NaN or infinity; remove it or choose one of them.");
}
