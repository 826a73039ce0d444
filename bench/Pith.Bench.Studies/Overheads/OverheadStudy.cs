using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Pith.Core.Reports;
using Pith.Studies;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;
using SearchStudy = Pith.Studies.Study;

namespace Pith.Bench.Studies.Overheads;

/// <summary>What a study costs beside the evaluations: time a trial, and time to open.</summary>
internal static class OverheadStudy
{
    private const int Trials = 10_000;
    private const int Part = 200;
    private const int Layers = 6;

    /// <summary>Measures and writes <c>study.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var report = new Report("What a study costs", "Milliseconds a trial beside its evaluation, and the time to open a long study.")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                $"The space of a model with {Layers} layers: seven choices among four formats a layer, q, k, v and gate, up in groups. A trial is proposed, started, reported on twice, ended and stored in SQLite; "
                + $"its evaluation is a sum. Means over {Part} trials. The long study is written with random proposals; proposals of the Parzen estimator are then measured on top of it."));
        var table = new Table("Overhead", TableColumn.OfText("sampler"), TableColumn.OfNumber("trials before", 0), TableColumn.OfNumber("a trial", 2, "ms"));
        var folder = Directory.CreateTempSubdirectory("pith-bench-study-").FullName;
        try
        {
            foreach (var sampler in new ISampler[] { new RandomSampler(), new TpeSampler() })
            {
                var path = Path.Combine(folder, sampler.GetType().Name + ".db");
                using var study = Open(path, sampler);
                Measure(study, sampler, table, Part, cancellation);
                Measure(study, sampler, table, 1000, cancellation);
            }

            var random = Path.Combine(folder, nameof(RandomSampler) + ".db");
            using (var study = Open(random, new RandomSampler()))
                Measure(study, new RandomSampler(), table, Trials, cancellation);
            var watch = Stopwatch.StartNew();
            using (var study = Open(random, new RandomSampler()))
            {
                report.Add(new FactList(
                    ("opening", string.Create(CultureInfo.InvariantCulture, $"{study.Trials.Count:N0} trials in {watch.Elapsed.TotalSeconds:F2} s")),
                    ("file", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(random).Length / 1e6:F1} MB"))));
                watch.Restart();
                for (var i = 0; i < Part; i++)
                    new TpeSampler().Suggest(study.Definition.Space, study.Definition.Objectives, study.Finished, new TrialRandom(1, i));
                table.Add("tpe (proposal alone)", study.Trials.Count, watch.Elapsed.TotalMilliseconds / Part);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        report.Add(table);
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "study.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "study.json"), JsonRenderer.Render(report));
    }

    private static void Measure(SearchStudy study, ISampler sampler, Table table, int count, CancellationToken cancellation)
    {
        study.Run(count - Part, Evaluate, cancellation: cancellation);
        var watch = Stopwatch.StartNew();
        study.Run(count, Evaluate, cancellation: cancellation);
        table.Add(sampler.Description, count - Part, watch.Elapsed.TotalMilliseconds / Part);
    }

    private static TrialResult Evaluate(RunningTrial trial, CancellationToken cancellation)
    {
        var loss = trial.Assignment.Values.Sum();
        trial.Report(1, loss * 2);
        trial.Report(2, loss);
        return TrialResult.Done(loss, new JsonObject { ["bytes"] = 1000 * loss, ["bits"] = 4.5 });
    }

    private static SearchStudy Open(string path, ISampler sampler)
    {
        string[] formats = ["mxint3:16", "mxint4:16", "mxint6:16", "mxint8:16"];
        (string Site, string Group)[] sites = [("q", "qkv"), ("k", "qkv"), ("v", "qkv"), ("o", "o"), ("gate", "gu"), ("up", "gu"), ("down", "down")];
        var space = new SearchSpace(Enumerable.Range(0, Layers).SelectMany(layer => sites.Select(site =>
            new CategoricalParameter($"layers.{layer}.{site.Site}", formats) { Group = $"layers.{layer}.{site.Group}" })));
        var definition = new StudyDefinition { Kind = "overhead", Space = space, Objectives = [new Objective("loss")] };
        return SearchStudy.Open(SqliteStudyStore.Open(path, StudyAccess.Write), definition, sampler);
    }
}
