using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Cli.Search;
using Pith.Compress.Ratio.Law;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Studies;

namespace Pith.Cli.Verbs;

/// <summary><c>pith search law</c>: how much of a family of models bears low precision, and the laws fitted to it.</summary>
internal static class SearchLawVerb
{
    private const string ReportName = "report.html";
    private const string PointsName = "points.csv";

    private static readonly Option<string> Models = new("--models") { Description = "A folder of models of one recipe, one folder a model.", HelpName = "DIR", Required = true };

    private static readonly Option<string> Low = new("--low") { Description = "The low format without its block size, for weights and activations.", HelpName = "F", DefaultValueFactory = _ => "mxint4" };

    private static readonly Option<string> Blocks = new("--blocks") { Description = "Block sizes.", HelpName = "N,N", DefaultValueFactory = _ => "8,16,32,64" };

    private static readonly Option<string> Ratios = new("--ratios") { Description = "Shares of the parameters in low precision.", HelpName = "R,R", DefaultValueFactory = _ => "0.25,0.5,0.6,0.7,0.8,0.9,0.95,1" };

    private static readonly Option<string> Budgets = new("--budgets") { Description = "Allowed increases of perplexity in percent.", HelpName = "P,P", DefaultValueFactory = _ => "0.5,1,2,5" };

    private static readonly Option<string?> Calibrate = new("--calibrate") { Description = "The text that the search sees. Default: data/calibrate.txt.", HelpName = "TEXT" };

    private static readonly Option<string?> Validate = new("--validate") { Description = "The text that losses are reported on. Default: data/eval.txt.", HelpName = "TEXT" };

    private static readonly Option<int> Tokens = new("--tokens") { Description = "Tokens that losses are reported on; a quarter of them for the search.", HelpName = "N", DefaultValueFactory = _ => 16_384 };

    private static readonly Option<bool> PaperCompat = new("--paper-compat") { Description = "Search as the paper does: 50 random allocations a point." };

    private static readonly StudyOutput Target = new("The folder for study, report and points.");

    public static Verb Create() => new(
        "law",
        "Measures how much of each model of a family bears low precision, and fits the scaling laws.",
        Execute,
        "pith search law --models models --out law",
        "pith search law --models models --blocks 16,32 --budgets 1,2 --tokens 2048 --out law")
    {
        Models, Low, Blocks, Ratios, Budgets, Calibrate, Validate, Tokens, PaperCompat, Target.Out, Target.Force,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var options = Options(context);
        var models = FindModels(context.Get(Models));
        var (folder, store) = Target.Open(context);
        LawAnalysis analysis;
        using (var progress = context.Output.Progress($"Measuring {models.Count} models", isLong: true))
            analysis = FamilyStudy.Run(models, options, store, Target.Origin(context), new StudyNote(progress), cancellation);

        var report = LawReport.Of(analysis, options);
        AtomicFile.WriteText(Path.Combine(folder, ReportName), HtmlRenderer.Render(report));
        AtomicFile.WriteText(Path.Combine(folder, PointsName), PointsText(analysis));
        context.Output.Result(Document(context, analysis), text =>
        {
            foreach (var claim in analysis.Claims)
                text.WriteLine($"{(claim.IsFound ? "found" : "not found")}: {claim.Claim} ({claim.For} for, {claim.Against} against)");
            text.WriteLine($"{context.Get(Target.Out)}: {ReportName}, {PointsName}, {analysis.Points.Count} points, {analysis.Fits.Count} fits.");
        });
        return ExitCode.Ok;
    }

    private static FamilyOptions Options(VerbContext context)
    {
        if (context.Get(Tokens) < 8)
            throw new PithException(CliErrors.Usage, $"--tokens expects at least 8, not {context.Get(Tokens)}.");
        var options = new FamilyOptions
        {
            Low = context.Get(Low),
            BlockSizes = [.. Numbers(context, Blocks, 1, 1 << 16).Select(block => (int)block)],
            Ratios = [.. Numbers(context, Ratios, 0, 1)],
            Budgets = [.. Numbers(context, Budgets, 0, 1000).Select(percent => percent / 100)],
            SearchText = context.Get(Calibrate) ?? Installation.Require("data/calibrate.txt"),
            ReportText = context.Get(Validate) ?? Installation.Require("data/eval.txt"),
            SearchTokens = Math.Max(2, context.Get(Tokens) / 4),
            ReportTokens = context.Get(Tokens),
            Search = context.Get(PaperCompat) ? new RandomRatioSearch() : new SensitivityRatioSearch(),
            Seed = context.Seed,
            Threads = context.Threads,
        };
        foreach (var block in options.BlockSizes)
            NumberFormat.Parse(string.Create(CultureInfo.InvariantCulture, $"{options.Low}:{block}"));
        return options;
    }

    private static List<double> Numbers(VerbContext context, Option<string> option, double low, double high)
    {
        var words = context.Get(option).Split(',', StringSplitOptions.TrimEntries);
        var numbers = words.Select(word => double.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToList();
        return numbers.TrueForAll(number => number > low && number <= high || number == low && low > 0) && numbers.Distinct().Count() == numbers.Count
            ? numbers
            : throw new PithException(CliErrors.Usage, $"{option.Name} expects different numbers up to {high} separated by commas, not '{context.Get(option)}'.");
    }

    private static List<string> FindModels(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"No folder '{folder}'.");
        var models = Directory.GetDirectories(folder).Where(path => File.Exists(Path.Combine(path, "config.json"))).Order(StringComparer.Ordinal).ToList();
        return models.Count > 0
            ? models
            : throw new PithException(CliErrors.NotFound, $"{folder}: expected folders with a config.json, found none", "Name the folder that holds the models' folders.");
    }

    private static object Document(VerbContext context, LawAnalysis analysis) => new
    {
        Out = context.Get(Target.Out),
        Fits = analysis.Fits.Select(fit => new
        {
            Form = fit.Form.Name,
            fit.Form.Formula,
            fit.Scope,
            Coefficients = fit.Coefficients.ToDictionary(coefficient => coefficient.Name, coefficient => coefficient.Value),
            Ci95 = fit.Coefficients.ToDictionary(coefficient => coefficient.Name, coefficient => new[] { coefficient.Low, coefficient.High }),
            fit.R2,
            R2Heldout = fit.R2HeldOut,
            fit.Aic,
            fit.Points,
        }),
        Claims = analysis.Claims.Select(claim => new { claim.Claim, Found = claim.IsFound, claim.For, claim.Against, claim.Ties, P = claim.Probability }),
        Maxima = analysis.Maxima.Select(maximum => new { maximum.Model, maximum.Parameters, maximum.Granularity, maximum.BlockSize, maximum.Budget, maximum.Ratio, maximum.IsSaturated }),
        Points = analysis.Points.Select(point => new { point.Model, point.Parameters, point.Granularity, point.BlockSize, point.Target, point.Ratio, point.LossIncrease, point.PerplexityIncrease }),
    };

    private static string PointsText(LawAnalysis analysis) => string.Concat(
        analysis.Points.Select(point => string.Create(
            CultureInfo.InvariantCulture,
            $"{point.Model},{point.Parameters},{point.Granularity.ToString().ToLowerInvariant()},{point.BlockSize},{point.Target},{point.Ratio:R},{point.LossIncrease:R},{point.PerplexityIncrease:R}\n"))
            .Prepend("model,parameters,granularity,block_size,target_ratio,ratio,loss_increase,perplexity_increase\n"));
}
