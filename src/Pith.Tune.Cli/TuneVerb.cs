using System.CommandLine;
using System.Globalization;
using Pith.Cli;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Models.Checkpoints;
using Pith.Tune.Llama;
using Pith.Tune.Output;
using Pith.Tune.Text;
using Pith.Tune.Training;
using Pith.Tune.Tuning;

namespace Pith.Tune.Cli;

/// <summary><c>tune</c>: trains a model further, with the operands of its products rounded as they will be when it is quantized.</summary>
internal static class TuneVerb
{
    private static readonly Argument<string> model = new("MODEL") { Description = "The model to tune: a directory or a file, in full precision." };
    private static readonly Option<string[]> text = new("--text") { Description = "UTF-8 texts, plain or .zst; lines <|endoftext|> separate documents.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> tokenizer = new("--tokenizer") { Description = "The tokenizer, where it is not beside the model: a file or a directory.", HelpName = "FILE" };
    private static readonly Option<string?> weights = Format("--weights", "Format of the weights of the blocks. Default: 32-bit floats.");
    private static readonly Option<string?> activations = Format("--activations", "Format of what the weights are multiplied with. Default: 32-bit floats.");
    private static readonly Option<string?> attention = Format("--attention", "Format of Q and of the attention probabilities. Default: that of --activations.");
    private static readonly Option<string?> kv = Format("--kv", "Format of K and V. Default: that of --attention.");
    private static readonly Option<string?> plan = new("--plan") { Description = "Decisions for single sites, which win over the options.", HelpName = "FILE" };
    private static readonly Option<long> tokens = new("--tokens") { Description = "Tokens to train on; 0 is one pass over the text.", HelpName = "N" };
    private static readonly Option<int?> context = new("--context") { Description = $"Tokens of a block. Default: the model's context, at most {TuneDefaults.LongestContext}.", HelpName = "N" };
    private static readonly Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", HelpName = "R", DefaultValueFactory = _ => TuneDefaults.LearningRate };
    private static readonly Option<int> batch = new("--batch") { Description = "Blocks in a batch.", HelpName = "N", DefaultValueFactory = _ => 8 };
    private static readonly Option<string?> quantized = new("--quantized") { Description = "Also write the quantized model here, packed.", HelpName = "DIR" };
    private static readonly SavedState state = new();
    private static readonly OutputPath target = new("The tuned model's folder, in 32-bit floats.");

    public static Command Create() => new Verb(
        "tune",
        "Trains a model further on a text, with weights and activations rounded to number formats meanwhile.",
        Execute,
        "pith tune models/pith-0.45m --text data/calibrate.txt --weights mxint4:16 --activations mxint4:16 --tokens 30000 --out tuned --quantized tuned-4bit",
        "pith tune models/pith-0.45m --text data/calibrate.txt --out tuned")
    {
        model, text, tokenizer, weights, activations, attention, kv, plan, tokens, context, rate, batch, quantized, state.Resume, target.Out, target.Force,
    };

    private static ExitCode Execute(VerbContext verb, CancellationToken cancellation)
    {
        var path = target.Resolve(verb);
        if (verb.Get(quantized) is { } packed)
        {
            OutputPath.RequireFree(packed, verb.Get(target.Force));
            if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(packed)) == path)
                throw new PithException(CliErrors.Usage, "--out and --quantized name the same folder.");
        }

        return state.Run(verb, path, verb.Get(target.Force), statePath => Tune(verb, path, statePath, cancellation));
    }

    private static ExitCode Tune(VerbContext verb, string path, string statePath, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(verb.Get(tokens));
        var formats = new QuantizeOptions
        {
            Weights = Parse(verb, weights),
            Activations = Parse(verb, activations),
            Attention = Parse(verb, attention),
            Kv = Parse(verb, kv),
            Overrides = verb.Get(plan) is { } file ? Plan.Load(file) : Plan.Empty,
            Replace = verb.Get(target.Force),
            Threads = verb.Threads,
        };
        using var source = ModelSource.Open(verb.Get(model), verb.Get(tokenizer));
        source.CheckOutput(path);
        var start = StartingModel.Read(source, cancellation);
        var options = Options(verb, start, formats);
        verb.Output.Inform($"Reading {string.Join(", ", verb.Get(text))}");
        var words = TrainingText.Join([.. verb.Get(text).Select(name => TrainingText.Load(name, start.Tokenizer, verb.CacheDirectory, cancellation))]);
        var blocks = new TokenBlocks(words.Ids, start.Bos, options.Model.ContextLength, options.ValidationShare);
        if (options.Tokens == 0) options = options with { Tokens = blocks.TrainingTokens };
        options.Validate();

        var trainer = new Trainer(options, blocks, verb.Threads, statePath, $"{words.TextDigest} {words.TokenizerDigest} {start.Digest}") { Start = start.Weights };
        var before = trainer.Validate(start.Weights, cancellation);
        verb.Output.Inform(string.Create(
            CultureInfo.InvariantCulture, $"{options.Steps:N0} steps of {options.BatchTokens:N0} tokens, {blocks.TrainingTokens:N0} tokens in a pass; validation loss {before:F4}"));
        TrainingResult result;
        using (var progress = verb.Output.Progress("Tuning", isLong: true))
            result = trainer.Run(verb.Get(state.Resume), new StepProgress(progress), cancellation);
        ModelDirectory.Write(
            path,
            new TrainingRecord
            {
                Name = Path.GetFileName(path),
                Command = CommandLineText.Of(verb.Arguments),
                Commit = CommandLineText.Commit(),
                DataPath = string.Join(' ', verb.Get(text)),
                Text = words,
                Tokenizer = start.Tokenizer,
                Options = options,
                Start = start,
                StartingLoss = before,
                Blocks = blocks,
                Result = result,
                Threads = verb.Threads,
            },
            verb.Get(target.Force));
        Show(verb, options, before, result, Quantize(verb, path, formats, cancellation));
        return ExitCode.Ok;
    }

    private static TrainingOptions Options(VerbContext verb, StartingModel start, QuantizeOptions formats)
    {
        var length = verb.Get(context) ?? Math.Min(start.Config.ContextLength, TuneDefaults.LongestContext);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2, "--context");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, start.Config.ContextLength, "--context");
        var isPlain = formats is { Weights: null, Activations: null, Attention: null, Kv: null, Overrides.Sites.IsEmpty: true };
        return new TrainingOptions
        {
            Model = start.Config with { ContextLength = length },
            Plan = isPlain && verb.Get(quantized) is null ? Plan.Empty : formats.PlanFor([.. start.Config.Sites.Select(shape => shape.Site)]),
            StoredAs = TensorType.F32,
            Tokens = verb.Get(tokens),
            LearningRate = verb.Get(rate),
            WeightDecay = TuneDefaults.WeightDecay,
            ValidationShare = TuneDefaults.ValidationShare,
            BatchBlocks = verb.Get(batch),
            MicroBatchBlocks = verb.Get(batch) % 2 == 0 ? 2 : 1,
            Seed = (ulong)verb.Seed,
        };
    }

    private static QuantizeResult? Quantize(VerbContext verb, string path, QuantizeOptions formats, CancellationToken cancellation)
    {
        if (verb.Get(quantized) is not { } packed) return null;
        using var tuned = ModelSource.Open(path);
        return Quantizer.Quantize(tuned, packed, formats, null, cancellation);
    }

    private static void Show(VerbContext verb, TrainingOptions options, double before, TrainingResult result, QuantizeResult? packed)
    {
        var document = new
        {
            Out = verb.Get(target.Out),
            Quantized = verb.Get(quantized),
            Parameters = TorchLlama.CountParameters(options.Model),
            Tokens = (long)options.Steps * options.BatchTokens,
            ValidationLossBefore = before,
            result.ValidationLoss,
            packed?.AverageBits,
            TokensPerS = result.TokensPerSecond,
            result.Seconds,
        };
        verb.Output.Result(document, writer =>
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{document.Out}: validation loss {before:F4} before, {result.ValidationLoss:F4} now, {result.TokensPerSecond:N0} tokens/s"));
            if (packed is not null)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{document.Quantized}: quantized, {packed.Bytes:N0} bytes"));
        });
    }

    private static Option<string?> Format(string name, string description) => new(name) { Description = description, HelpName = "F" };

    private static NumberFormat? Parse(VerbContext verb, Option<string?> option) => verb.Get(option) is { } name ? NumberFormat.Parse(name) : null;
}
