using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model export</c>: a model for other programs.</summary>
internal static class ModelExportVerb
{
    private const string Gguf = "gguf";
    private const string DefaultType = "f16";

    public static Verb Create()
    {
        var source = ModelVerb.ModelArgument();
        var kind = new Option<string>("--to") { Description = "The kind of files: hf, a Hugging Face directory, or gguf, a file for llama.cpp.", HelpName = "hf|gguf", Required = true };
        kind.AcceptOnlyFromAmong("hf", Gguf);
        var type = new Option<string?>("--type") { Description = "With gguf, how matrices are stored: f16 (the default), " + string.Join(", ", GgufExport.Types.Where(name => name != DefaultType)) + ".", HelpName = "TYPE" };
        type.AcceptOnlyFromAmong([.. GgufExport.Types]);
        var output = new OutputPath("The directory to make; with gguf, the file.");
        return new Verb(
            "export",
            "Writes a model for other programs. Quantized weights are written as the numbers they stand for.",
            (context, cancellation) => Execute(context, context.Get(source), context.Get(kind)!, context.Get(type), output, cancellation),
            "pith model export models/llama-bfp6 --to hf --out llama-hf",
            "pith model export models/llama --to gguf --type q4_k --out llama.gguf")
        {
            source, kind, type, output.Out, output.Force,
        };
    }

    private static ExitCode Execute(VerbContext context, string source, string kind, string? type, OutputPath output, CancellationToken cancellation)
    {
        if (kind != Gguf && type is not null)
            throw new PithException(CliErrors.Usage, "--type goes with --to gguf.");
        var path = output.Resolve(context);
        using var model = ModelSource.Open(source);
        using var progress = context.Output.Progress($"Exporting {source}");
        var report = kind == Gguf
            ? GgufExport.Write(model, path, type ?? DefaultType, context.Get(output.Force), progress, cancellation)
            : ModelCopy.ExportToHuggingFace(model, path, context.Get(output.Force), progress, cancellation);
        ModelCopyView.Show(context.Output, report);
        return ExitCode.Ok;
    }
}
