using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Reports;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary><c>pith quantize</c>: a model in, its block-quantized copy out.</summary>
internal static class QuantizeVerb
{
    private static readonly Argument<string> Model = new("MODEL") { Description = "The model to quantize: a directory or a file." };

    private static readonly Option<string?> Tokenizer = new("--tokenizer") { Description = "The tokenizer, where it is not beside the model: a file or a directory.", HelpName = "FILE" };

    private static readonly Option<string?> Weights = Format("--weights", "Format of the weights of the blocks. Default: left as they are.");

    private static readonly Option<string?> Activations = Format("--activations", "Format of what the weights are multiplied with. Default: 32-bit floats.");

    private static readonly Option<string?> Attention = Format("--attention", "Format of Q and of the attention probabilities. Default: that of --activations.");

    private static readonly Option<string?> Kv = Format("--kv", "Format of K and V, and so of the KV cache. Default: that of --attention.");

    private static readonly Option<string?> PlanFile = new("--plan") { Description = "Decisions for single sites, which win over the options.", HelpName = "FILE" };

    private static readonly Option<int?> Tokens = new("--tokens") { Description = "Length of text for the memory density. Default: the model's context.", HelpName = "N" };

    private static readonly OutputPath Target = new("The model directory to make.");

    public static Command Create() => new Verb(
        "quantize",
        "Rounds the weights and activations of a model to number formats.",
        Execute,
        "pith quantize models/pith-0.45m --weights bfp6:16 --activations bfp6:16 --out small",
        "pith quantize models/pith-0.45m --weights mxint4:16@mse --activations mxint8:32 --kv bfp8:16 --out mixed")
    {
        Model, Weights, Activations, Attention, Kv, PlanFile, Tokens, Tokenizer, Target.Out, Target.Force,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var path = Target.Resolve(context);
        if (context.Get(Tokens) is < 1)
            throw new PithException(CliErrors.Usage, $"--tokens expects a number of at least 1, not {context.Get(Tokens)}.");
        var options = new QuantizeOptions
        {
            Weights = Parse(context, Weights),
            Activations = Parse(context, Activations),
            Attention = Parse(context, Attention),
            Kv = Parse(context, Kv),
            Overrides = context.Get(PlanFile) is { } file ? Plan.Load(file) : Plan.Empty,
            Tokens = context.Get(Tokens),
            Replace = context.Get(Target.Force),
            Threads = context.Threads,
        };
        using var model = ModelSource.Open(context.Get(Model), context.Get(Tokenizer));
        QuantizeResult result;
        using (var progress = context.Output.Progress($"Quantizing {context.Get(Model)}"))
            result = Quantizer.Quantize(model, path, options, progress, cancellation);
        Show(context, result);
        return ExitCode.Ok;
    }

    private static void Show(VerbContext context, QuantizeResult result)
    {
        var document = new
        {
            Out = context.Get(Target.Out),
            result.AverageBits,
            result.MemoryDensity,
            result.Bytes,
            Sites = result.Sites.Select(site => new { Site = site.Site.ToString(), Format = site.Format.ToString(), site.Bits, site.RelativeError }),
        };
        context.Output.Result(document, text =>
        {
            var table = new Table("Weights", TableColumn.OfText("site"), TableColumn.OfText("format"), TableColumn.OfNumber("bits", 2), TableColumn.OfSignificant("relative error", 3));
            foreach (var site in result.Sites)
                table.Add(site.Site.ToString(), site.Format.ToString(), site.Bits, site.RelativeError);
            if (result.Sites.Count > 0)
                text.Write(TextRenderer.Render(table));
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Out}: {(result.AverageBits is { } bits ? $"{bits:F2} bits a weight" : "weights as they were")}, {result.MemoryDensity:F2} times denser than fp32 at {result.Tokens} tokens, {result.Bytes:N0} bytes."));
        });
    }

    private static Option<string?> Format(string name, string description) => new(name) { Description = description, HelpName = "F" };

    private static NumberFormat? Parse(VerbContext context, Option<string?> option) =>
        context.Get(option) is { } text ? NumberFormat.Parse(text) : null;
}
