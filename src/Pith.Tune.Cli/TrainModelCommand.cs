using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.Tune.Llama;
using Pith.Tune.Output;
using Pith.Tune.Pretraining;
using Pith.Tune.Text;

namespace Pith.Tune.Cli;

/// <summary><c>train model</c>: pre-trains a Llama-shaped model.</summary>
internal static class TrainModelCommand
{
    private const string CustomSize = "custom";

    /// <summary>The command.</summary>
    /// <param name="args">The whole command line, for the record of the training.</param>
    /// <param name="results">Receives the result.</param>
    /// <param name="progress">Shows the progress.</param>
    public static Command Create(string[] args, TextWriter results, ProgressLine progress)
    {
        Option<string> size = new("--size") { Description = $"{string.Join(", ", PithSizes.Names)}, or custom with the four options below.", Required = true };
        Option<int> width = new("--width") { Description = "Width of a custom size." };
        Option<int> layers = new("--layers") { Description = "Blocks of a custom size." };
        Option<int> intermediate = new("--intermediate") { Description = "MLP width of a custom size." };
        Option<int> headSize = new("--head-size") { Description = "Head width of a custom size.", DefaultValueFactory = _ => 32 };
        Option<int> context = new("--context") { Description = "Context in tokens.", DefaultValueFactory = _ => 512 };
        Option<string> data = new("--data") { Description = "UTF-8 text, plain or .zst; lines <|endoftext|> separate documents.", Required = true };
        Option<string> note = new("--data-note") { Description = "What the text is and its licence, for the model's README." };
        Option<string> tokenizer = new("--tokenizer") { Description = "Folder with tokenizer.json (`pith train tokenizer`).", Required = true };
        Option<long> tokens = new("--tokens") { Description = "Tokens to train on; 0 is one pass over the text." };
        Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => PretrainDefaults.LearningRate };
        Option<int> batch = new("--batch") { Description = "Blocks of context length in a batch.", DefaultValueFactory = _ => PretrainDefaults.BatchBlocks };
        Option<string> dtype = new("--dtype") { Description = "Type of the matrix products: bf16 or fp32.", DefaultValueFactory = _ => "bf16" };
        dtype.AcceptOnlyFromAmong("bf16", "fp32");
        Option<ulong> seed = new("--seed") { Description = "Seed of weights and data order." };
        Option<string> output = new("--out") { Description = "The model's folder.", Required = true };
        Option<int> threads = new("--threads") { Description = "Worker threads. The result does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string> cache = new("--cache") { Description = "Folder for intermediate results.", DefaultValueFactory = _ => DefaultCache() };
        Option<bool> resume = new("--resume") { Description = "Go on from the saved state, if there is one." };
        Option<bool> force = new("--force") { Description = "Replace the model's folder; without --resume, forget a saved state." };
        Option<bool> json = new("--json") { Description = "Print one JSON document on standard output." };
        Option<bool> verbose = new("--verbose") { Description = "Show where an error came from." };

        var command = new Command("model", "Pre-trains a Llama-shaped model on a text.")
        {
            size, width, layers, intermediate, headSize, context, data, note, tokenizer, tokens, rate, batch, dtype, seed, output, threads, cache, resume,
            force, json, verbose,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            var bundle = TokenizerLoader.Load(parsed.GetValue(tokenizer)!);
            var vocabularySize = bundle.Tokenizer.VocabularySize;
            var name = parsed.GetValue(size)!;
            var model = name == CustomSize
                ? PithSizes.Custom(parsed.GetValue(width), parsed.GetValue(layers), parsed.GetValue(intermediate), vocabularySize, parsed.GetValue(headSize))
                : PithSizes.Of(name, vocabularySize);
            model = model with { ContextLength = parsed.GetValue(context) };
            return Train(new Request(
                model, bundle, parsed.GetValue(data)!, parsed.GetValue(tokens), parsed.GetValue(rate), parsed.GetValue(batch),
                parsed.GetValue(dtype) == "bf16" ? MatmulPrecision.BFloat16 : MatmulPrecision.Float32, parsed.GetValue(seed),
                parsed.GetValue(output)!, parsed.GetValue(threads), parsed.GetValue(cache)!, parsed.GetValue(resume), parsed.GetValue(force),
                parsed.GetValue(json), parsed.GetValue(note), CommandText(args)), results, progress, cancellation);
        }, cancellation));
        return command;
    }

    private static int Train(Request request, TextWriter results, ProgressLine progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Tokens);
        var target = Path.TrimEndingDirectorySeparator(request.Output);
        var statePath = target + ".training";
        if (!request.Force && (Directory.Exists(target) || File.Exists(target)))
            throw new PithException(CoreErrors.OutputExists, $"{request.Output}: expected a free name, found one that is taken.");
        if (!request.Resume && File.Exists(statePath))
        {
            if (!request.Force)
                throw new PithException(TuneErrors.StateMismatch, $"{statePath}: a training into this folder was stopped.", "Pass --resume to go on, or --force to start afresh.");
            File.Delete(statePath);
        }

        progress.Say($"Reading {request.Data}");
        var bos = request.Bundle.Tokenizer.BosId ?? request.Bundle.Tokenizer.EosId
            ?? throw new PithException(TuneErrors.NoBeginning, $"{request.Bundle.Files[0]}: expected a beginning- or end-of-text token, found neither.");
        var model = request.Model with { BosId = bos, EosIds = request.Bundle.EosIds };
        var text = TrainingText.Load(request.Data, request.Bundle, request.Cache, cancellation);
        var defaults = new PretrainOptions { Model = model, Tokens = 1 };
        var blocks = new TokenBlocks(text.Ids, bos, model.ContextLength, defaults.ValidationShare);
        var options = defaults with
        {
            Tokens = request.Tokens > 0 ? request.Tokens : blocks.TrainingTokens,
            LearningRate = request.LearningRate,
            BatchBlocks = request.Batch,
            MicroBatchBlocks = request.Batch % 2 == 0 ? 2 : 1,
            Precision = request.Precision,
            Seed = request.Seed,
        };
        options.Validate();
        progress.Say(string.Create(CultureInfo.InvariantCulture,
            $"{TorchLlama.CountParameters(options.Model):N0} parameters, {options.Steps:N0} steps of {options.BatchTokens:N0} tokens, {blocks.TrainingTokens:N0} tokens in a pass"));
        var trainer = new Pretrainer(options, blocks, request.Threads, statePath, $"{text.TextDigest} {text.TokenizerDigest}");
        var result = trainer.Run(request.Resume, progress, cancellation);
        var record = new TrainingRecord
        {
            Name = Path.GetFileName(target),
            Command = request.Command,
            Commit = Commit(),
            DataPath = request.Data,
            DataNote = request.DataNote,
            Text = text,
            Tokenizer = request.Bundle,
            Options = options,
            Blocks = blocks,
            Result = result,
            Threads = request.Threads,
        };
        ModelDirectory.Write(target, record, request.Force);
        File.Delete(statePath);
        progress.Say(string.Create(CultureInfo.InvariantCulture,
            $"{request.Output}: validation loss {result.ValidationLoss:F4}, {result.TokensPerSecond:N0} tokens/s"));
        if (request.Json)
        {
            results.WriteLine(JsonSerializer.Serialize(new
            {
                @out = request.Output,
                parameters = TorchLlama.CountParameters(options.Model),
                tokens = (long)options.Steps * options.BatchTokens,
                validation_loss = result.ValidationLoss,
                tokens_per_s = result.TokensPerSecond,
                seconds = result.Seconds,
            }));
        }
        return (int)ExitCode.Ok;
    }

    /// <summary>The command as it would be typed, without the options that only say where to keep things.</summary>
    private static string CommandText(string[] args) =>
        "pith " + string.Join(' ', args
            .Where(argument => argument is not ("--resume" or "--force" or "--json"))
            .Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument));

    /// <summary>The commit which the build recorded in the assembly's version.</summary>
    private static string? Commit() =>
        typeof(TrainModelCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+', 2) is [_, var commit] ? commit : null;

    private static string DefaultCache() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "pith");

    private sealed record Request(
        LlamaConfig Model, TokenizerBundle Bundle, string Data, long Tokens, double LearningRate, int Batch, MatmulPrecision Precision, ulong Seed,
        string Output, int Threads, string Cache, bool Resume, bool Force, bool Json, string? DataNote, string Command);
}
