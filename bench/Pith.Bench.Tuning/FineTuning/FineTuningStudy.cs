using Pith.Bench.Studies;

namespace Pith.Bench.Tuning.FineTuning;

/// <summary>Whether a model is better tuned while it is rounded, or tuned first and rounded then.</summary>
internal static class FineTuningStudy
{
    // Larger models take minutes a run.
    private const long LargestRepeatedBytes = 2 << 20;

    /// <summary>Measures whatever the journal does not hold yet, and writes <c>fine-tuning.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        if (TuningTexts.Find(context.Repository) is not { } texts)
        {
            context.Say($"Skipped: the texts are not here. Expected {TuningTexts.Description}.");
            return;
        }

        var results = new List<TuningResult>();
        var speeds = new List<TuningSpeed>();
        foreach (var path in Models(context.Repository))
        {
            using var run = new TuningRun(context, path, texts, cancellation);
            results.AddRange(run.Untuned());
            foreach (var seed in SeedsOf(path))
            {
                Add(run.TunedInFloats(seed));
                foreach (var format in TunedFormat.All) Add(run.TunedIn(format, seed));
            }
        }

        FineTuningReport.Write(context, results, speeds);

        void Add((IReadOnlyList<TuningResult> Results, TuningSpeed Speed) tuned)
        {
            results.AddRange(tuned.Results);
            speeds.Add(tuned.Speed);
        }
    }

    /// <summary>Seeds of the order of the text.</summary>
    private static int[] SeedsOf(string model) =>
        new FileInfo(Path.Combine(model, "model.safetensors")).Length <= LargestRepeatedBytes ? [0, 1] : [0];

    private static IEnumerable<string> Models(string repository) => Directory.GetDirectories(Path.Combine(repository, "models"), "pith-*")
        .Where(path => File.Exists(Path.Combine(path, "model.safetensors")))
        .OrderBy(path => new FileInfo(Path.Combine(path, "model.safetensors")).Length);
}
