using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Classification;

namespace Pith.Cli.Verbs;

/// <summary>The option of <c>pith eval</c> for labeled texts, and what it does.</summary>
/// <param name="limit">Caps the number of texts.</param>
internal sealed class ClassifyOptions(Option<int?> limit)
{
    private readonly Option<string?> file = new("--classify")
    {
        Description = "Labeled texts for an encoder: .jsonl or .tsv, either may be .zst.",
        HelpName = "FILE",
    };

    /// <summary>Adds the option to a verb.</summary>
    public void AddTo(Command verb) => verb.Add(file);

    /// <summary>Whether labeled texts are given; refuses options that do not go together.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="others">Options that are for other measurements.</param>
    public bool Check(VerbContext context, IEnumerable<Option> others)
    {
        if (!context.IsGiven(file))
            return false;
        if (others.FirstOrDefault(context.IsGiven) is { } other)
            throw new PithException(CliErrors.Usage, $"{other.Name} does not go with --classify.");
        return context.Get(limit) < 1 ? throw new PithException(CliErrors.Usage, $"--limit is at least 1, found {context.Get(limit)}.") : true;
    }

    /// <summary>Lets an encoder label the texts and prints how it does.</summary>
    public void Run(VerbContext context, LanguageEncoder encoder, Workers workers, CancellationToken cancellation)
    {
        var path = context.Get(file)!;
        if (encoder.Config.Head != Models.Bert.EncoderHead.Sequence)
            throw new PithException(ModelsErrors.NoHead, $"{encoder.Path}: expected a model with labels for texts, found one without");
        var texts = LabeledFile.Read(path, encoder.Config.Labels, context.Get(limit), cancellation);
        ClassificationResult result;
        using (var progress = context.Output.Progress("Evaluating"))
            result = TextClassification.Measure(encoder, texts, workers, progress, cancellation);
        Print(context, encoder.Path, path, result);
    }

    private static void Print(VerbContext context, string model, string path, ClassificationResult result)
    {
        var document = new
        {
            Model = model,
            File = path,
            result.Items,
            Accuracy = result.Accuracy.Value,
            AccuracyStderr = result.Accuracy.StandardError,
            MacroF1 = result.MacroF1.Value,
            MacroF1Stderr = result.MacroF1.StandardError,
            result.Truncated,
            result.Labels,
        };
        context.Output.Result(document, text =>
        {
            text.WriteLine($"{"items",-18} {result.Items.ToString("N0", CultureInfo.InvariantCulture)}");
            text.WriteLine($"{"accuracy",-18} {Percent(result.Accuracy)}");
            text.WriteLine($"{"macro F1",-18} {Percent(result.MacroF1)}");
            var width = Math.Max("label".Length, result.Labels.Max(label => label.Label.Length));
            text.WriteLine();
            text.WriteLine($"{"label".PadRight(width)} {"items",8} {"precision",10} {"recall",8} {"F1",8}");
            foreach (var label in result.Labels)
                text.WriteLine($"{label.Label.PadRight(width)} {label.Items,8} {Percent(label.Precision),10} {Percent(label.Recall),8} {Percent(label.F1),8}");
            if (result.Truncated > 0)
                text.WriteLine($"{result.Truncated} texts lost their end, which the model cannot read.");
        });
    }

    private static string Percent(Estimate estimate) => $"{Percent(estimate.Value)} ± {Percent(estimate.StandardError)} %";

    private static string Percent(double share) => (share * 100).ToString("F2", CultureInfo.InvariantCulture);
}
