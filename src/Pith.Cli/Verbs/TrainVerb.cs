using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Verbs;

/// <summary><c>pith train</c>: makes models and tokenizers from text.</summary>
internal static class TrainVerb
{
    public static Command Create() => new("train", "Makes models and tokenizers from text.")
    {
        CreateModel(),
        TrainTokenizerVerb.Create(),
    };

    // The launcher starts the program that trains models; this one only knows that it exists.
    private static Verb CreateModel() => new(
        "model",
        "Pre-trains a Llama-shaped model on a text. The first use restores torch, about 600 MB.",
        (_, _) => throw new PithException(
            CliErrors.Usage, "Training models is a program of its own.", "Start it as './pith train model …', with all options after these words."),
        "pith train model --size pith-0.45m --data novels.txt --tokenizer models/tokenizer --out my-model")
    {
        TreatUnmatchedTokensAsErrors = false,
    };
}
