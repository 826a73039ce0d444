using System.Diagnostics;
using System.Security.Cryptography;
using Pith.Compress.Ratio;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.Ratio;

/// <summary>Mixed-precision searches at equal bytes: the allocator with each estimate of damage against the best of 50 random draws.</summary>
internal static class RatioStudy
{
    // Sixteen windows: a part of the text then still is several places in it.
    private const int CalibrationTokens = 1024;
    private const int CalibrationContext = 64;
    private const int ValidationTokens = 4096;
    private const int ValidationContext = 128;
    private const int Trials = 20;

    private static readonly (string Name, Func<RatioSearchOptions, RatioSearchOptions> Set)[] methods =
    [
        (RatioReport.Random, options => options with { Method = AllocationMethod.Random }),
        (RatioReport.Greedy, options => options),
        ("greedy, in-context", options => options with { Damage = DamageMethod.InContext }),
        ("greedy, weight error", options => options with { Damage = DamageMethod.WeightError }),
        ("greedy, then 20 trials of TPE", options => options with { Trials = Trials }),
    ];

    /// <summary>Measures whatever the journal does not hold yet, and writes <c>ratio.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var workers = new Workers(context.Threads);
        var rows = new List<RatioRow>();
        var directories = Directory.GetDirectories(Path.Combine(context.Repository, "models"), "pith-*")
            .OrderBy(path => new FileInfo(Path.Combine(path, "model.safetensors")).Length);
        foreach (var directory in directories)
        {
            var model = LanguageModel.Open(directory, workers: workers, cancellation: cancellation);
            var calibrate = Read(context, model, "data/calibrate.txt", CalibrationTokens, CalibrationContext);
            var validate = Read(context, model, "data/eval.txt", ValidationTokens, ValidationContext);
            foreach (var setup in RatioSetup.All)
            {
                foreach (var budget in setup.Budgets(model.Config))
                    rows.AddRange(methods.Select(method => Measure(context, directory, model, (calibrate, validate), setup, budget, method, workers, cancellation)));
            }
        }

        RatioReport.Write(context, rows);
    }

    private static RatioRow Measure(
        StudyContext context,
        string directory,
        LanguageModel model,
        (IReadOnlyList<EvaluationWindow> Calibrate, IReadOnlyList<EvaluationWindow> Validate) texts,
        RatioSetup setup,
        RatioBudget budget,
        (string Name, Func<RatioSearchOptions, RatioSearchOptions> Set) method,
        Workers workers,
        CancellationToken cancellation)
    {
        var name = Path.GetFileName(directory);
        var key = Journal.Key("ratio", Digest(directory), setup.Name, budget.ToString(), method.Name, $"{context.Tokens} {CalibrationContext} {ValidationContext}");
        return context.Journal.GetOrAdd(key, () =>
        {
            context.Say($"{name}, {setup.Name}, {budget}: {method.Name}");
            var start = Stopwatch.GetTimestamp();
            var result = RatioSearch.Run(model.Model, texts.Calibrate, texts.Validate, method.Set(setup.Options(budget)), workers, cancellation: cancellation);
            return new RatioRow(
                name,
                setup.Name,
                budget.Value,
                method.Name,
                result.Chosen.Bits,
                result.CalibrationKl,
                result.Chosen.Kl,
                result.Chosen.Perplexity,
                result.ReferencePerplexity,
                result.Chosen.Ratio,
                result.Evaluations,
                Stopwatch.GetElapsedTime(start).TotalSeconds);
        });
    }

    private static IReadOnlyList<EvaluationWindow> Read(StudyContext context, LanguageModel model, string file, int tokens, int length) => EvaluationText.Read(
        Path.Combine(context.Repository, file), model.Tokenizer, new EvaluationOptions { Context = length, MaxTokens = Math.Min(context.Tokens, tokens) });

    private static string Digest(string directory) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(directory, "model.safetensors"))));
}
