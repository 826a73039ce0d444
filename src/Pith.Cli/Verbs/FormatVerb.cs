using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary><c>pith format</c>: number formats by themselves.</summary>
internal static class FormatVerb
{
    public static Command Create() => new("format", "Lists, explains and tries number formats.")
    {
        FormatListVerb.Create(),
        FormatShowVerb.Create(),
        FormatRoundVerb.Create(),
        FormatErrorVerb.Create(),
    };

    /// <summary>The argument F of the verbs about one format.</summary>
    public static Argument<string> FormatArgument() =>
        new("F") { Description = "A number format, for example bfp6:16; `pith format list` shows them." };
}
