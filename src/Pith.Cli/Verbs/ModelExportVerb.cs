using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model export</c>: a model for other programs.</summary>
internal static class ModelExportVerb
{
    public static Verb Create()
    {
        var source = ModelVerb.ModelArgument();
        var kind = new Option<string>("--to") { Description = "The kind of files: hf, a Hugging Face directory.", HelpName = "hf", Required = true };
        kind.AcceptOnlyFromAmong("hf");
        var output = new OutputPath("The directory to make.");
        return new Verb(
            "export",
            "Writes a model for other programs. Quantized weights are written as the numbers they stand for.",
            (context, cancellation) => Execute(context, context.Get(source), output, cancellation),
            "pith model export models/llama-bfp6 --to hf --out llama-hf")
        {
            source, kind, output.Out, output.Force,
        };
    }

    private static ExitCode Execute(VerbContext context, string source, OutputPath output, CancellationToken cancellation)
    {
        var path = output.Resolve(context);
        using var model = ModelSource.Open(source);
        using var progress = context.Output.Progress($"Exporting {source}");
        var report = ModelCopy.ExportToHuggingFace(model, path, context.Get(output.Force), progress, cancellation);
        ModelCopyView.Show(context.Output, report);
        return ExitCode.Ok;
    }
}
