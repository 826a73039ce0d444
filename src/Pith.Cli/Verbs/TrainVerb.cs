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
        CreateFisher(),
        TrainTokenizerVerb.Create(),
    };

    // The launcher starts the program that trains; this one only knows that it exists.
    private static Verb CreateModel() => Elsewhere(
        "model",
        "Pre-trains a Llama-shaped model on a text. The first use restores torch, about 600 MB.",
        "pith train model --size pith-0.45m --data novels.txt --tokenizer models/tokenizer --out my-model");

    private static Verb CreateFisher() => Elsewhere(
        "fisher",
        "Estimates from gradients what rounding each weight costs. The first use restores torch, about 600 MB.",
        "pith train fisher models/pith-0.45m --text data/calibrate.txt --formats mxint3:16,mxint4:16,mxint8:16 --out fisher.json");

    private static Verb Elsewhere(string name, string description, string example) => new(
        name,
        description,
        (_, _) => throw new PithException(
            CliErrors.Usage, "What needs torch is a program of its own.", $"Start it as './pith train {name} …', with all options after these words."),
        example)
    {
        TreatUnmatchedTokensAsErrors = false,
    };
}
