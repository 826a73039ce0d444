using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Compress.Corrections;
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

    private static readonly Option<int?> Rank = new("--low-rank") { Description = "Correct the error of each weight by a product of this rank. Default: no correction.", HelpName = "K" };

    private static readonly Option<string> Method = MethodOption();

    private static readonly Option<string> FactorFormat = new("--low-rank-format") { Description = "Format of the correction's two factors.", HelpName = "F", DefaultValueFactory = _ => LowRankPlan.DefaultFormat.ToString() };

    private static readonly Option<int> Turns = new("--low-rank-turns") { Description = "Round each weight this often, each time without the correction found before, and keep the best.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Feedback = new("--low-rank-feedback") { Description = "Let later inputs of a corrected weight make up for the rounding errors of earlier ones (GPTQ). Needs --calibrate." };

    private static readonly Option<string?> Calibrate = new("--calibrate") { Description = "The text over which the correction is best: plain or .jsonl, also .zst. Read are at most 65,536 tokens.", HelpName = "TEXT" };

    private static readonly Option<int?> Tokens = new("--tokens") { Description = "Length of text for the memory density. Default: the model's context.", HelpName = "N" };

    private static readonly OutputPath Target = new("The model directory to make.");

    public static Command Create() => new Verb(
        "quantize",
        "Rounds the weights and activations of a model to number formats.",
        Execute,
        "pith quantize models/pith-0.45m --weights bfp6:16 --activations bfp6:16 --out small",
        "pith quantize models/pith-0.45m --weights mxint4:16@mse --activations mxint8:32 --kv bfp8:16 --out mixed",
        "pith quantize models/pith-0.45m --weights mxint4:16 --activations mxint8:16 --low-rank 8 --calibrate data/calibrate.txt --out corrected")
    {
        Model, Weights, Activations, Attention, Kv, Rank, Method, FactorFormat, Turns, Feedback, Calibrate, PlanFile, Tokens, Tokenizer, Target.Out, Target.Force,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var path = Target.Resolve(context);
        if (context.Get(Tokens) is < 1)
            throw new PithException(CliErrors.Usage, $"--tokens expects a number of at least 1, not {context.Get(Tokens)}.");
        if (context.Get(Turns) < 1)
            throw new PithException(CliErrors.Usage, $"--low-rank-turns expects a number of at least 1, not {context.Get(Turns)}.");
        if (context.Get(Rank) is < 1)
            throw new PithException(CliErrors.Usage, $"--low-rank expects a number of at least 1, not {context.Get(Rank)}.");
        var options = new QuantizeOptions
        {
            Weights = Parse(context, Weights),
            Activations = Parse(context, Activations),
            Attention = Parse(context, Attention),
            Kv = Parse(context, Kv),
            Overrides = context.Get(PlanFile) is { } file ? Plan.Load(file) : Plan.Empty,
            LowRank = context.Get(Rank) is { } rank ? new LowRankPlan(rank, NumberFormat.Parse(context.Get(FactorFormat)), MethodOf(context)) : null,
            Correction = new CorrectionOptions { Turns = context.Get(Turns), HasFeedback = context.Get(Feedback), Seed = context.Seed },
            Tokens = context.Get(Tokens),
            Replace = context.Get(Target.Force),
            Threads = context.Threads,
        };
        using var model = ModelSource.Open(context.Get(Model), context.Get(Tokenizer));
        using var calibration = CalibrationRun.For(context, model, options, context.Get(Calibrate), cancellation);
        QuantizeResult result;
        using (var progress = context.Output.Progress($"Quantizing {context.Get(Model)}"))
            result = Quantizer.Quantize(model, path, options with { Calibration = calibration }, progress, cancellation);
        Show(context, result);
        return ExitCode.Ok;
    }

    private static void Show(VerbContext context, QuantizeResult result)
    {
        var document = new
        {
            Out = context.Get(Target.Out),
            result.AverageBits,
            StoredNumberBits = result.Sites.Any(site => site.LowRank is not null) ? result.StoredNumberBits : null,
            result.MemoryDensity,
            result.Bytes,
            Sites = result.Sites.Select(site => new { Site = site.Site.ToString(), Format = site.Format.ToString(), site.Bits, site.RelativeError, LowRank = Correction(site) }),
        };
        context.Output.Result(document, text =>
        {
            if (result.Sites.Count > 0)
                text.Write(TextRenderer.Render(TableOf(result)));
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Out}: {(result.AverageBits is { } bits ? $"{bits:F2} bits a weight" : "weights as they were")}, {result.MemoryDensity:F2} times denser than fp32 at {result.Tokens} tokens, {result.Bytes:N0} bytes."));
        });
    }

    private static Table TableOf(QuantizeResult result)
    {
        List<TableColumn> columns = [TableColumn.OfText("site"), TableColumn.OfText("format"), TableColumn.OfNumber("bits", 2), TableColumn.OfSignificant("relative error", 3)];
        var isCorrected = result.Sites.Any(site => site.LowRank is not null);
        if (isCorrected)
            columns.AddRange([TableColumn.OfNumber("rank", 0), TableColumn.OfSignificant("output error before", 3), TableColumn.OfSignificant("after", 3)]);
        var table = new Table("Weights", [.. columns]);
        foreach (var site in result.Sites)
        {
            Cell[] cells = [site.Site.ToString(), site.Format.ToString(), site.Bits, site.RelativeError];
            Cell[] correction = [site.LowRank?.Rank, site.LowRank?.OutputErrorBefore, site.LowRank?.OutputErrorAfter];
            table.Add(isCorrected ? [.. cells, .. correction] : cells);
        }

        return table;
    }

    private static object? Correction(QuantizedSite site) => site.LowRank is not { } result ? null : new
    {
        Method = result.Method.Text(),
        result.Rank,
        result.OutputErrorBefore,
        result.OutputErrorAfter,
    };

    private static Option<string> MethodOption()
    {
        var option = new Option<string>("--low-rank-method")
        {
            Description = "How the correction is found: " + string.Join(", ", LowRankMethods.All) + ". All but lqer need --calibrate.",
            HelpName = "M",
            DefaultValueFactory = _ => LowRankPlan.DefaultMethod.Text(),
        };
        option.AcceptOnlyFromAmong([.. LowRankMethods.All]);
        return option;
    }

    private static LowRankMethod MethodOf(VerbContext context) =>
        LowRankMethods.TryParse(context.Get(Method), out var method) ? method : LowRankPlan.DefaultMethod;

    private static Option<string?> Format(string name, string description) => new(name) { Description = description, HelpName = "F" };

    private static NumberFormat? Parse(VerbContext context, Option<string?> option) =>
        context.Get(option) is { } text ? NumberFormat.Parse(text) : null;
}
