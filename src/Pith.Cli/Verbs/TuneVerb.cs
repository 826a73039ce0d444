using Pith.Cli.Frame;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Verbs;

/// <summary><c>pith tune</c>: trains a model further, rounded as it will be when it is quantized.</summary>
internal static class TuneVerb
{
    // The launcher starts the program that trains models; this one only knows that it exists.
    public static Verb Create() => new(
        "tune",
        "Trains a model further on a text, with weights and activations rounded to number formats meanwhile. The first use restores torch, about 600 MB.",
        (_, _) => throw new PithException(
            CliErrors.Usage, "Tuning models is a program of its own.", "Start it as './pith tune …', with all options after this word."),
        "pith tune models/pith-0.45m --text data/calibrate.txt --weights mxint4:16 --activations mxint4:16 --tokens 30000 --out tuned --quantized tuned-4bit")
    {
        TreatUnmatchedTokensAsErrors = false,
    };
}
