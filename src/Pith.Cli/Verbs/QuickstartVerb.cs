using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Cli.Quickstart;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;

namespace Pith.Cli.Verbs;

/// <summary><c>pith quickstart</c>: the main job on the bundled model.</summary>
internal static class QuickstartVerb
{
    private const string DefaultOut = "quickstart";

    private static readonly Option<string?> Model = new("--model") { Description = "The model: a directory or file. Default: the bundled pith-3.4m.", HelpName = "MODEL" };

    private static readonly Option<string?> Text = new("--text") { Description = "The text to evaluate on. Default: the bundled data/eval.txt.", HelpName = "FILE" };

    private static readonly Option<double> Bits = new("--bits") { Description = "Most bits a weight of the format that is chosen.", HelpName = "B", DefaultValueFactory = _ => 6.5 };

    private static readonly Option<int> Tokens = new("--tokens") { Description = "Tokens of the text that are scored.", HelpName = "N", DefaultValueFactory = _ => 4096 };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the report and the chosen model.", HelpName = "DIR", DefaultValueFactory = _ => DefaultOut };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace what is at --out. An earlier quickstart is replaced anyway." };

    public static Command Create() => new Verb(
        "quickstart",
        "Evaluates the bundled model, quantizes it to many formats, evaluates each, and writes the best and a report.",
        Execute,
        "pith quickstart",
        "pith quickstart --model models/pith-0.45m --bits 4.6 --out four-bits")
    {
        Model, Text, Bits, Tokens, Out, Force,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        if (context.Get(Tokens) < 2)
            throw new PithException(CliErrors.Usage, $"--tokens expects at least 2, not {context.Get(Tokens)}.");
        var output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(context.Get(Out)));
        var options = new QuickstartOptions
        {
            Model = context.Get(Model) ?? Installation.Require("models/pith-3.4m"),
            Text = context.Get(Text) ?? Installation.Require("data/eval.txt"),
            Output = output,
            BitsBudget = context.Get(Bits),
            Tokens = context.Get(Tokens),
            Threads = context.Threads,
            Seed = context.Seed,
            CacheDirectory = context.CacheDirectory,
            Replace = context.Get(Force) || IsQuickstart(output),
        };
        if (Path.Exists(output) && !options.Replace)
            throw new PithException(CoreErrors.OutputExists, $"{context.Get(Out)}: expected a free name or an earlier quickstart, found something else");

        QuickstartResult result;
        using (var run = new QuickstartRun(options, cancellation))
        using (var progress = context.Output.Progress("Trying formats"))
            result = run.Execute(progress);
        Show(context, result);
        return ExitCode.Ok;
    }

    private static void Show(VerbContext context, QuickstartResult result)
    {
        var report = Path.Combine(context.Get(Out), ReportFiles.Page);
        var document = new
        {
            Rows = result.Rows.Prepend(result.Original).Select(row => new { row.Format, row.Bits, row.Bytes, row.Perplexity, row.Kl, row.TokensPerS }),
            Best = result.Best.Format,
            Searched = Figures(result.Searched),
            LowRank = Figures(result.LowRank),
            Model = Path.Combine(context.Get(Out), QuickstartRun.ModelName),
            Sample = result.Sample.Text,
            Report = report,
        };
        context.Output.Result(document, text =>
        {
            text.Write(TextRenderer.Render(QuickstartReport.CreateTable(result)));
            text.WriteLine();
            text.Write(TextRenderer.Render(new Quote(result.Sample.Text, result.Sample.How)));
            text.WriteLine();
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The model in {result.Best.Format}: {document.Model}"));
            text.WriteLine($"The report with charts:  {report}");
        });
    }

    private static object? Figures(QuickstartRow? row) =>
        row is null ? null : new { row.Bits, row.Bytes, row.Perplexity, row.Kl, row.TokensPerS };

    // Only what an earlier run left, and nothing of anybody else's.
    private static bool IsQuickstart(string path) => File.Exists(Path.Combine(path, ReportFiles.Page))
        && Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)
            .All(name => name == QuickstartRun.ModelName || ReportFiles.IsOne(name));
}
