using System.Globalization;
using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.Tune.Llama;
using Pith.Tune.Output;
using Pith.Tune.Pretraining;
using Pith.Tune.Training;
using Pith.Tune.Text;

namespace Pith.Tune.Cli;

/// <summary><c>train model</c>: pre-trains a Llama-shaped model.</summary>
internal static class TrainModelVerb
{
    private const string CustomSize = "custom";

    private static readonly Option<string> size = new("--size") { Description = $"{string.Join(", ", PithSizes.Names)}, or custom with the four options below.", HelpName = "NAME", Required = true };
    private static readonly Option<int> width = new("--width") { Description = "Width of a custom size.", HelpName = "N" };
    private static readonly Option<int> layers = new("--layers") { Description = "Blocks of a custom size.", HelpName = "N" };
    private static readonly Option<int> intermediate = new("--intermediate") { Description = "MLP width of a custom size.", HelpName = "N" };
    private static readonly Option<int> headSize = new("--head-size") { Description = "Head width of a custom size.", HelpName = "N", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> context = new("--context") { Description = "Context in tokens.", HelpName = "N", DefaultValueFactory = _ => 512 };
    private static readonly Option<string> data = new("--data") { Description = "UTF-8 text, plain or .zst; lines <|endoftext|> separate documents.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> note = new("--data-note") { Description = "What the text is and its licence, for the model's README.", HelpName = "TEXT" };
    private static readonly Option<string> tokenizer = new("--tokenizer") { Description = "Folder with tokenizer.json (`pith train tokenizer`).", HelpName = "DIR", Required = true };
    private static readonly Option<long> tokens = new("--tokens") { Description = "Tokens to train on; 0 is one pass over the text.", HelpName = "N" };
    private static readonly Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", HelpName = "R", DefaultValueFactory = _ => PretrainDefaults.LearningRate };
    private static readonly Option<int> batch = new("--batch") { Description = "Blocks of context length in a batch.", HelpName = "N", DefaultValueFactory = _ => PretrainDefaults.BatchBlocks };
    private static readonly Option<string> dtype = new Option<string>("--dtype") { Description = "Type of the matrix products: bf16 or fp32.", HelpName = "TYPE", DefaultValueFactory = _ => "bf16" }.AcceptOnlyFromAmong("bf16", "fp32");
    private static readonly SavedState state = new();
    private static readonly OutputPath target = new("The model's folder.");

    public static Verb Create() => new(
        "model",
        "Pre-trains a Llama-shaped model on a text.",
        Execute,
        "pith train model --size pith-0.45m --data novels.txt --tokenizer models/tokenizer --out my-model")
    {
        size, width, layers, intermediate, headSize, context, data, note, tokenizer, tokens, rate, batch, dtype, state.Resume, target.Out, target.Force,
    };

    private static ExitCode Execute(VerbContext verb, CancellationToken cancellation)
    {
        var path = target.Resolve(verb);
        return state.Run(verb, path, verb.Get(target.Force), statePath => Train(verb, path, statePath, cancellation));
    }

    private static LlamaConfig Shape(VerbContext verb, TokenizerBundle bundle)
    {
        var vocabulary = bundle.Tokenizer.VocabularySize;
        var shape = verb.Get(size) == CustomSize
            ? PithSizes.Custom(verb.Get(width), verb.Get(layers), verb.Get(intermediate), vocabulary, verb.Get(headSize))
            : PithSizes.Of(verb.Get(size), vocabulary);
        var bos = bundle.Tokenizer.BosId ?? bundle.Tokenizer.EosId
            ?? throw new PithException(TuneErrors.NoBeginning, $"{bundle.Files[0]}: expected a beginning- or end-of-text token, found neither.");
        return shape with { ContextLength = verb.Get(context), BosId = bos, EosIds = bundle.EosIds };
    }

    private static ExitCode Train(VerbContext verb, string path, string statePath, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(verb.Get(tokens));
        var bundle = TokenizerLoader.Load(verb.Get(tokenizer));
        var model = Shape(verb, bundle);
        verb.Output.Inform($"Reading {verb.Get(data)}");
        var text = TrainingText.Load(verb.Get(data), bundle, verb.CacheDirectory, cancellation);
        var defaults = new TrainingOptions { Model = model, Tokens = 1 };
        var blocks = new TokenBlocks(text.Ids, model.BosId!.Value, model.ContextLength, defaults.ValidationShare);
        var options = defaults with
        {
            Tokens = verb.Get(tokens) > 0 ? verb.Get(tokens) : blocks.TrainingTokens,
            LearningRate = verb.Get(rate),
            BatchBlocks = verb.Get(batch),
            MicroBatchBlocks = verb.Get(batch) % 2 == 0 ? 2 : 1,
            Precision = verb.Get(dtype) == "bf16" ? MatmulPrecision.BFloat16 : MatmulPrecision.Float32,
            Seed = (ulong)verb.Seed,
        };
        options.Validate();
        var parameters = TorchLlama.CountParameters(options.Model);
        verb.Output.Inform(string.Create(
            CultureInfo.InvariantCulture, $"{parameters:N0} parameters, {options.Steps:N0} steps of {options.BatchTokens:N0} tokens, {blocks.TrainingTokens:N0} tokens in a pass"));
        var trainer = new Trainer(options, blocks, verb.Threads, statePath, $"{text.TextDigest} {text.TokenizerDigest}");
        TrainingResult result;
        using (var progress = verb.Output.Progress("Training", isLong: true))
            result = trainer.Run(verb.Get(state.Resume), new StepProgress(progress), cancellation);
        ModelDirectory.Write(
            path,
            new TrainingRecord
            {
                Name = Path.GetFileName(path),
                Command = CommandLineText.Of(verb.Arguments),
                Commit = CommandLineText.Commit(),
                DataPath = verb.Get(data),
                DataNote = verb.Get(note),
                Text = text,
                Tokenizer = bundle,
                Options = options,
                Blocks = blocks,
                Result = result,
                Threads = verb.Threads,
            },
            verb.Get(target.Force));
        var document = new
        {
            Out = verb.Get(target.Out),
            Parameters = parameters,
            Tokens = (long)options.Steps * options.BatchTokens,
            result.ValidationLoss,
            TokensPerS = result.TokensPerSecond,
            result.Seconds,
        };
        verb.Output.Result(document, writer => writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{document.Out}: validation loss {result.ValidationLoss:F4}, {result.TokensPerSecond:N0} tokens/s")));
        return ExitCode.Ok;
    }
}
