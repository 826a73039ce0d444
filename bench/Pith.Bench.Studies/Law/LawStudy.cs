using System.Globalization;
using Pith.Compress.Ratio.Law;
using Pith.Core.Files;
using Pith.Core.Reports;
using Pith.Studies;
using Pith.Studies.Stores;

namespace Pith.Bench.Studies.Law;

/// <summary>The scaling law over the bundled family.</summary>
internal static class LawStudy
{
    private const string Name = "scaling-law";
    private const int Tokens = 16_384;

    /// <summary>Measures what the study does not hold yet, and writes <c>scaling-law.json</c>, <c>.md</c> and the charts.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var options = new FamilyOptions
        {
            SearchText = Path.Combine(context.Repository, "data", "calibrate.txt"),
            ReportText = Path.Combine(context.Repository, "data", "eval.txt"),
            ReportTokens = Math.Min(Tokens, context.Tokens),
            SearchTokens = Math.Min(Tokens, context.Tokens) / 4,
            Threads = context.Threads,
        };
        var models = Directory.GetDirectories(Path.Combine(context.Repository, "models"), "pith-*").Order(StringComparer.Ordinal).ToList();
        var key = Journal.Key(Name, options.ReportTokens.ToString(CultureInfo.InvariantCulture));
        var folder = Directory.CreateDirectory(Path.Combine(context.Repository, "artifacts", "studies", $"{Name}-{key}")).FullName;
        var store = SqliteStudyStore.Open(Path.Combine(folder, SqliteStudyStore.FileName), StudyAccess.Write);
        var analysis = FamilyStudy.Run(models, options, store, progress: new Said(context), cancellation: cancellation);

        var report = LawReport.Of(analysis, options, context.Provenance.ToFacts());
        var charts = report.Blocks.OfType<Chart>().ToList();
        Directory.CreateDirectory(context.Results);
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".md"), MarkdownRenderer.Render(report, ChartName));
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".json"), JsonRenderer.Render(report));
        foreach (var chart in charts)
            AtomicFile.WriteText(Path.Combine(context.Results, ChartName(chart)), SvgRenderer.Render(chart) + "\n");
        context.Say($"wrote docs/results/{Name}.json, .md and {charts.Count} charts");

        string ChartName(Chart chart) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{charts.IndexOf(chart) + 1}.svg");
    }

    private sealed class Said(StudyContext context) : IProgress<StudyProgress>
    {
        private const int Step = 16;

        public void Report(StudyProgress value)
        {
            if (value.Finished % Step == 0)
                context.Say(string.Create(CultureInfo.InvariantCulture, $"{value.Finished} of {value.Planned} points"));
        }
    }
}
