using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Cli.Search;
using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Reports;

namespace Pith.Cli.Verbs;

/// <summary><c>pith search ratio</c>: which part of a model gets which format, under a budget of size or of loss.</summary>
internal static class SearchRatioVerb
{
    private const string Same = "same";

    private static readonly Argument<string> Model = new("MODEL") { Description = "The model, not quantized." };

    private static readonly Option<string?> Low = new("--low") { Description = "Low precision, with --high: the paper's choice between two.", HelpName = "F" };

    private static readonly Option<string?> High = new("--high") { Description = "High precision, with --low.", HelpName = "F" };

    private static readonly Option<string?> Formats = new("--formats") { Description = "Formats to choose between, separated by commas.", HelpName = "F,F,…" };

    private static readonly Option<string?> LowRank = new("--low-rank") { Description = "Ranks of low-rank corrections to choose between as well, separated by commas; 0 is none.", HelpName = "K,K,…" };

    private static readonly Option<string> LowRankMethod = new("--low-rank-method")
    {
        Description = "How corrections are found: lqer, l2qer, qera-diag or qera.", HelpName = "M", DefaultValueFactory = _ => LowRankPlan.DefaultMethod.Text(),
    };

    private static readonly Option<string> LowRankFormat = new("--low-rank-format")
    {
        Description = "Format of the factors of corrections.", HelpName = "F", DefaultValueFactory = _ => LowRankPlan.DefaultFormat.ToString(),
    };

    private static readonly Option<string> Granularity = new("--granularity")
    {
        Description = "Assignment granularity: layer (a whole layer has one format) or matmul (each product its own). The block size is part of a format.",
        HelpName = "G",
        DefaultValueFactory = _ => "matmul",
    };

    private static readonly Option<bool> Fused = new("--fused") { Description = "q, k, v share a format, and gate, up." };

    private static readonly Option<string?> Activations = new("--activations")
    {
        Description = "Format of the activations; 'same' for that of the weight beside them, and of the attention products, which then take part. Default: same with --low and --high, else 32-bit floats.",
        HelpName = "F",
    };

    private static readonly Option<string> Budget = new("--budget")
    {
        Description = "What to keep to: bits=4.5, bytes=40MiB (of what is searched), kl=0.02 (nats a token) or ppl+5%.", HelpName = "B", Required = true,
    };

    private static readonly Option<string> Damage = new("--damage")
    {
        Description = "How damages are estimated: leave-one-in, in-context, weight-error, output-error or fisher (by finite differences).",
        HelpName = "D",
        DefaultValueFactory = _ => "leave-one-in",
    };

    private static readonly Option<string?> Fisher = new("--fisher") { Description = "Read the damages from a file which the training program wrote.", HelpName = "FILE" };

    private static readonly Option<bool> IsExact = new("--exact") { Description = "Spend the budget by the exact programme instead of greedily." };

    private static readonly Option<bool> PaperCompat = new("--paper-compat") { Description = "The paper's method: the best of 50 random draws." };

    private static readonly Option<int> Refine = new("--refine") { Description = "Measure up to N exchanges of bytes between units, and keep what helps.", HelpName = "N" };

    private static readonly Option<int> Trials = new("--trials")
    {
        Description = "Refine by a study of N measured trials which a TPE sampler proposes. It is kept under --out and resumed there.", HelpName = "N",
    };

    private static readonly Option<int> Points = new("--points") { Description = "Points of the front besides the one at the budget.", HelpName = "N", DefaultValueFactory = _ => 9 };

    private static readonly RatioTextOptions Texts = new();

    private static readonly TokenizerOption Tokenizer = new();

    private static readonly OutputPath Target = new("Folder for the plans, the table and the report.");

    public static Command Create()
    {
        var verb = new Verb(
            "ratio",
            "Finds which part of a model needs which format, and writes plans and a report.",
            Execute,
            "pith search ratio models/pith-0.45m --low mxint4:16 --high bf16 --granularity layer --budget ppl+5% --calibrate data/calibrate.txt --out searched",
            "pith search ratio models/pith-0.45m --formats mxint3:16,mxint4:16,mxint6:16,mxint8:16 --budget bits=4.5 --calibrate data/calibrate.txt --validate data/eval.txt --out searched")
        {
            Model, Low, High, Formats, LowRank, LowRankMethod, LowRankFormat, Granularity, Fused, Activations, Budget, Damage, Fisher, IsExact, PaperCompat, Refine, Trials, Points,
        };
        Texts.AddTo(verb);
        verb.Add(Tokenizer.Option);
        verb.Add(Target.Out);
        verb.Add(Target.Force);
        return verb;
    }

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var options = Options(context);
        using var folder = new SearchFolder(context, Target, options.Trials > 0);
        var run = new RatioRun(context, context.Get(Model), context.Get(Tokenizer.Option), Texts, options, folder, cancellation);
        RatioOutcome outcome;
        using (var progress = context.Output.Progress($"Searching {context.Get(Model)}"))
            outcome = run.Execute(progress);
        if (outcome.Result.Chosen.OffFloor == 0)
            context.Output.Warn("every unit stays at the fewest bytes: the budget leaves nothing to decide.");
        Show(context, outcome);
        return ExitCode.Ok;
    }

    private static RatioSearchOptions Options(VerbContext context)
    {
        var isPair = context.Get(Low) is not null && context.Get(High) is not null;
        if (isPair == context.Get(Formats) is not null || context.Get(Low) is null != context.Get(High) is null)
            throw new PithException(CliErrors.Usage, "Expected --low with --high, or --formats.");
        if (context.Get(Refine) < 0 || context.Get(Trials) < 0 || context.Get(Points) is < 2 and not 0)
            throw new PithException(CliErrors.Usage, "--refine and --trials expect at least 0, --points 0 or at least 2.");
        string[] formats = isPair ? [context.Get(Low)!, context.Get(High)!] : context.Get(Formats)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var corrections = Corrections(context);
        List<RatioOption> options = [.. formats.Select(NumberFormat.Parse)
            .SelectMany(format => corrections.Where(correction => correction is null || !format.IsWide).Select(correction => new RatioOption(format, correction)))
            .Distinct()];
        if (options.Count < 2)
            throw new PithException(CliErrors.Usage, "Expected at least two different formats or ranks.");
        var activations = context.Get(Activations) ?? (isPair ? Same : null);
        var file = context.Get(Fisher);
        if (file is not null && options.Exists(option => option.LowRank is not null))
            throw new PithException(CliErrors.Usage, "--fisher knows damages of formats alone: leave --low-rank out, or choose a --damage that measures corrections.");
        return new RatioSearchOptions
        {
            Options = options,
            Granularity = Choice(context, Granularity, ("layer", Compress.Ratio.Granularity.Layer), ("matmul", Compress.Ratio.Granularity.Matmul)),
            AreFused = context.Get(Fused),
            HasSameActivations = activations == Same,
            Activations = activations is null or Same ? null : NumberFormat.Parse(activations),
            Budget = RatioBudget.Parse(context.Get(Budget)),
            Damage = file is not null ? DamageMethod.File : Choice(
                context,
                Damage,
                ("leave-one-in", DamageMethod.LeaveOneIn),
                ("in-context", DamageMethod.InContext),
                ("weight-error", DamageMethod.WeightError),
                ("fisher", DamageMethod.Fisher),
                ("output-error", DamageMethod.OutputError)),
            DamageFile = file is null ? null : FisherFile.Load(file),
            Method = context.Get(PaperCompat) ? AllocationMethod.Random : context.Get(IsExact) ? AllocationMethod.Exact : AllocationMethod.Greedy,
            Swaps = context.Get(Refine),
            Trials = context.Get(Trials),
            FrontPoints = context.Get(Points),
            Seed = context.Seed,
        };
    }

    private static List<LowRankPlan?> Corrections(VerbContext context)
    {
        if (!LowRankMethods.TryParse(context.Get(LowRankMethod), out var method))
            throw new PithException(CliErrors.Usage, $"--low-rank-method expects lqer, l2qer, qera-diag or qera, not '{context.Get(LowRankMethod)}'.");
        var format = NumberFormat.Parse(context.Get(LowRankFormat));
        return [.. (context.Get(LowRank) ?? "0").Split(',', StringSplitOptions.TrimEntries).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
                ? rank == 0 ? null : new LowRankPlan(rank, format, method)
                : throw new PithException(CliErrors.Usage, $"--low-rank expects ranks such as 0,8,32, not '{text}'."))];
    }

    private static T Choice<T>(VerbContext context, Option<string> option, params (string Name, T Value)[] choices)
    {
        var name = context.Get(option);
        var index = Array.FindIndex(choices, choice => choice.Name == name);
        return index >= 0
            ? choices[index].Value
            : throw new PithException(CliErrors.Usage, $"{option.Name} expects {string.Join(", ", choices.Select(choice => choice.Name))}, not '{name}'.");
    }

    private static void Show(VerbContext context, RatioOutcome outcome)
    {
        var folder = context.Get(Target.Out);
        var document = new
        {
            Front = outcome.Points.Select(point => new
            {
                point.Point.Bits,
                point.Point.Bytes,
                point.Point.Kl,
                point.Point.Perplexity,
                point.Point.Ratio,
                Plan = Path.Combine(folder, point.PlanFile),
                point.TokensPerS,
                IsChosen = point.Point == outcome.Result.Chosen,
                IsKnee = point.Point == outcome.Result.Knee,
            }),
            outcome.Result.Evaluations,
            outcome.Seconds,
            outcome.Result.ValidationPasses,
            Plan = Path.Combine(folder, RatioFiles.Plan),
            Report = Path.Combine(folder, ReportFiles.Page),
        };
        context.Output.Result(document, text =>
        {
            var chosen = outcome.Result.Chosen;
            text.Write(TextRenderer.Render(RatioReport.FrontTable(outcome)));
            text.WriteLine();
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{outcome.Result.Space.Settings.Budget}: {chosen.Bits:F3} bits, {chosen.Bytes:N0} bytes, KL {chosen.Kl:G3}, perplexity {chosen.Perplexity:F3}; {chosen.OffFloor} of {chosen.Choice.Length} units left the floor."));
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Result.Evaluations:F1} passes over the calibration text, {outcome.Seconds:F1} s."));
            var needsText = chosen.Plan.Sites.Values.Any(decision => decision.LowRank is not null) ? " --calibrate TEXT" : "";
            text.WriteLine($"Apply it: pith quantize {context.Get(Model)} --plan {document.Plan}{needsText} --out DIR");
            text.WriteLine($"The report: {document.Report}");
        });
    }
}
