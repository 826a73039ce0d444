using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model import</c>: any readable model becomes a directory of ours.</summary>
internal static class ModelImportVerb
{
    public static Verb Create()
    {
        var source = ModelVerb.ModelArgument();
        var tokenizer = new Option<string?>("--tokenizer") { Description = "The tokenizer, where it is not beside the model: a file or a directory.", HelpName = "FILE" };
        var output = new OutputPath("The model directory to make.");
        return new Verb(
            "import",
            "Copies a model into a directory of Pith's. Weights keep their bits.",
            (context, cancellation) => Execute(context, context.Get(source), context.Get(tokenizer), output, cancellation),
            "pith model import Llama-3.2-1B --out models/llama",
            "pith model import stories260K.bin --tokenizer tok512.bin --out models/stories")
        {
            source, tokenizer, output.Out, output.Force,
        };
    }

    private static ExitCode Execute(VerbContext context, string source, string? tokenizer, OutputPath output, CancellationToken cancellation)
    {
        var path = output.Resolve(context);
        using var model = ModelSource.Open(source, tokenizer);
        using var progress = context.Output.Progress($"Importing {source}");
        var report = ModelCopy.Import(model, path, context.Get(output.Force), progress, cancellation);
        ModelCopyView.Show(context.Output, report);
        return ExitCode.Ok;
    }
}
