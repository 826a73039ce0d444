using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary><c>pith format error</c>: what a format costs on the weights of a model.</summary>
internal static class FormatErrorVerb
{
    public static Command Create()
    {
        var format = FormatVerb.FormatArgument();
        var model = new Argument<string>("MODEL") { Description = "A model: a folder, or a file." };
        return new Verb(
            "error",
            "Measures the relative error of rounding each weight of a model to a format, and of all together.",
            (context, cancellation) => Execute(context, NumberFormat.Parse(context.Get(format)), context.Get(model), cancellation),
            "pith format error bfp6:16 models/pith-0.45m")
        {
            format,
            model,
        };
    }

    private static ExitCode Execute(VerbContext context, NumberFormat format, string path, CancellationToken cancellation)
    {
        using var source = ModelSource.Open(path);
        ModelError error;
        using (var progress = context.Output.Progress($"Rounding to {format}"))
            error = ModelError.Measure(source, format, context.Threads, progress, cancellation);

        var table = new Table(
            $"Relative Frobenius error of the block weights of {path} in {format}",
            TableColumn.OfText("site"), TableColumn.OfSignificant("relative error", 4));
        foreach (var (site, relative) in error.Sites)
            table.Add(site.ToString(), relative);
        table.Add(RowMark.None, "all together", error.Total);
        var document = new
        {
            Format = format.ToString(),
            Model = path,
            format.BitsPerValue,
            Sites = error.Sites.Select(site => new { Site = site.Site.ToString(), site.RelativeError }),
            RelativeError = error.Total,
        };
        context.Output.Result(document, table);
        return ExitCode.Ok;
    }
}
