using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Cli.Verbs;

/// <summary><c>pith eval</c>: how well a model predicts a text, answers questions, or labels texts.</summary>
internal static class EvalVerb
{
    private const int LongestDefaultContext = 2048;

    private static readonly Argument<string> Model = new("MODEL") { Description = "The model." };

    private static readonly Option<string?> Text = new("--perplexity")
    {
        Description = "The text: plain UTF-8, or .jsonl with one document a line in the field text; either may be .zst.",
        HelpName = "FILE",
    };

    private static readonly Option<int?> Context = new("--context")
    {
        Description = $"Tokens of a block, the beginning-of-text token included. Default: the model's context, at most {LongestDefaultContext}.",
        HelpName = "N",
    };

    private static readonly Option<int?> Stride = new("--stride")
    {
        Description = "Tokens from one block of a plain text to the next; each scores only what is new. Default: blocks do not overlap.",
        HelpName = "N",
    };

    private static readonly Option<string?> Kl = new("--kl")
    {
        Description = "Also measure the divergence KL(REFERENCE || MODEL), in nats a token.",
        HelpName = "REFERENCE",
    };

    private static readonly Option<int?> MaxDocuments = new("--max-documents") { Description = "Use the first N documents.", HelpName = "N" };

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "Use the first N tokens of the text.", HelpName = "N" };

    private static readonly Option<bool> ByLine = new("--by-line")
    {
        Description = "Strip each line of a plain text and encode it alone, without empty lines and line ends.",
    };

    private static readonly Option<bool> Collapse = new("--collapse-whitespace")
    {
        Description = "Make one space of every run of white space first.",
    };

    private static readonly Option<bool> CollapseNewlines = new("--collapse-newlines")
    {
        Description = "Make one line end of every run of line ends first.",
    };

    private static readonly PlanOptions Formats = new();

    private static readonly TaskOptions Tasks = new();

    private static readonly ClassifyOptions Labels = new(Tasks.Limit);

    private static readonly TokenizerOption Tokenizer = new();

    public static Command Create()
    {
        var verb = new Verb(
            "eval",
            "Measures how well a model predicts a text, answers multiple-choice questions or labels texts, as it is or with other number formats.",
            Execute,
            "pith eval models/pith-0.45m --perplexity data/eval.txt --context 256",
            "pith eval models/pith-0.45m --perplexity data/eval.txt --weights bfp6:16 --activations bfp6:16 --kl models/pith-0.45m",
            "pith eval models/pith-3.4m --tasks arc_easy,piqa --data tasks --limit 100",
            "pith eval models/sst2-encoder --classify dev.tsv --weights mxint8:16 --activations mxint8:16")
        {
            Model, Text, Context, Stride, Kl, MaxDocuments, MaxTokens, ByLine, Collapse, CollapseNewlines,
        };
        Tasks.AddTo(verb);
        Labels.AddTo(verb);
        Formats.AddTo(verb);
        verb.Add(Tokenizer.Option);
        return verb;
    }

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var textPath = context.Get(Text);
        Option[] texts = [Text, Context, Stride, Kl, MaxDocuments, MaxTokens, ByLine, Collapse, CollapseNewlines];
        var workers = new Workers(context.Threads);
        if (Labels.Check(context, [.. texts, .. Tasks.Own]))
        {
            var encoder = LanguageEncoder.Open(context.Get(Model), context.Get(Tokenizer.Option), workers, cancellation);
            Labels.Run(context, Formats.Apply(context, encoder, workers, cancellation), workers, cancellation);
            return ExitCode.Ok;
        }

        var hasTasks = Tasks.Check(context, texts);
        if (!hasTasks && textPath is null)
            throw new PithException(CliErrors.Usage, "--perplexity FILE, --tasks NAMES or --classify FILE is missing.");
        var model = LanguageModel.Open(context.Get(Model), context.Get(Tokenizer.Option), workers, cancellation);
        if (hasTasks)
        {
            Tasks.Run(context, Formats.Apply(context, model, workers, cancellation), workers, cancellation);
            return ExitCode.Ok;
        }

        var length = context.Get(Context) ?? Math.Min(model.Config.ContextLength, LongestDefaultContext);
        if (length > model.Config.ContextLength)
        {
            throw new PithException(
                ModelsErrors.ContextOverflow, $"{model.Path}: expected --context of at most {model.Config.ContextLength}, found {length}");
        }

        var windows = EvaluationText.Read(textPath!, model.Tokenizer, Options(context, length), cancellation);
        var reference = context.Get(Kl) is { } path ? LanguageModel.Open(path, context.Get(Tokenizer.Option), workers, cancellation) : null;
        if (reference is not null)
            model.RequireSameTokens(reference);
        model = Formats.Apply(context, model, workers, cancellation);
        PerplexityResult result;
        using (var progress = context.Output.Progress("Evaluating"))
            result = Perplexity.Measure(model.Model, windows, reference?.Model, workers, progress, cancellation);
        Print(context, length, result);
        return ExitCode.Ok;
    }

    private static EvaluationOptions Options(VerbContext context, int length)
    {
        if (context.Get(Collapse) && context.Get(CollapseNewlines))
            throw new PithException(CliErrors.Usage, "--collapse-whitespace and --collapse-newlines exclude each other.");
        return new EvaluationOptions
        {
            Context = length,
            Stride = context.Get(Stride),
            MaxDocuments = context.Get(MaxDocuments),
            MaxTokens = context.Get(MaxTokens),
            ByLine = context.Get(ByLine),
            Whitespace = context.Get(Collapse) ? Whitespace.Collapse : context.Get(CollapseNewlines) ? Whitespace.CollapseNewlines : Whitespace.Keep,
        };
    }

    private static void Print(VerbContext context, int length, PerplexityResult result)
    {
        var document = new
        {
            Model = context.Get(Model),
            File = context.Get(Text),
            Context = length,
            result.Tokens,
            result.Nll,
            result.Perplexity,
            result.BitsPerByte,
            Blocks = result.Windows,
            result.Kl,
            result.TopAgreement,
            KlStderr = result.Reference?.Kl.StandardError,
            TopAgreementStderr = result.Reference?.TopAgreement.StandardError,
            DeltaPRms = result.Reference?.DeltaPRms.Value,
            DeltaPRmsStderr = result.Reference?.DeltaPRms.StandardError,
            LogPerplexityRatio = result.Reference?.LogPerplexityRatio.Value,
            LogPerplexityRatioStderr = result.Reference?.LogPerplexityRatio.StandardError,
        };
        context.Output.Result(document, text =>
        {
            Line("tokens", result.Tokens.ToString("N0", CultureInfo.InvariantCulture));
            Line("nats a token", result.Nll.ToString("F4", CultureInfo.InvariantCulture));
            Line("perplexity", result.Perplexity.ToString("F4", CultureInfo.InvariantCulture));
            Line("bits a byte", result.BitsPerByte.ToString("F4", CultureInfo.InvariantCulture));
            if (result.Reference is { } reference)
            {
                Line("mean KL", $"{Number(reference.Kl, 1, "G4")} nats a token");
                Line("ln(PPL/PPL ref)", Number(reference.LogPerplexityRatio, 1, "F6"));
                Line("\u0394p RMS", $"{Number(reference.DeltaPRms, 100, "F3")} %");
                Line("same top p", $"{Number(reference.TopAgreement, 100, "F3")} %");
            }

            void Line(string name, string value) => text.WriteLine($"{name,-18} {value}");
        });
    }

    private static string Number(Estimate estimate, double unit, string format) =>
        (estimate.Value * unit).ToString(format, CultureInfo.InvariantCulture) + " \u00B1 "
        + (estimate.StandardError * unit).ToString(format, CultureInfo.InvariantCulture);
}
