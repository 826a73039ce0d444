using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Compress;
using Pith.Core.Diagnostics;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Cli.Search;

/// <summary>The options which name the two texts of a search.</summary>
internal sealed class RatioTextOptions
{
    // Short windows make many of them, so that a part of the text still is a fair sample.
    private const int LongestDefaultContext = 256;
    private const int HeldBack = 4;

    private readonly Option<string> calibrate = new("--calibrate") { Description = "The text the search looks at.", HelpName = "TEXT", Required = true };

    private readonly Option<string?> validate = new("--validate") { Description = "The text of the measured columns. Default: the last quarter of the calibration text, held back.", HelpName = "TEXT" };

    private readonly Option<int?> context = new("--context") { Description = $"Tokens of a window. Default: the model's context, at most {LongestDefaultContext}.", HelpName = "N" };

    private readonly Option<int?> maxTokens = new("--max-tokens") { Description = "Use the first N tokens of each text.", HelpName = "N" };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { calibrate, validate, context, maxTokens })
            verb.Add(option);
    }

    /// <summary>Reads both texts.</summary>
    /// <exception cref="PithException">A text cannot be read, or is too short to hold a part of it back.</exception>
    public (IReadOnlyList<EvaluationWindow> Calibrate, IReadOnlyList<EvaluationWindow> Validate, string Description) Read(
        VerbContext verb, LanguageModel model, CancellationToken cancellation)
    {
        var length = verb.Get(context) ?? Math.Min(model.Config.ContextLength, LongestDefaultContext);
        if (length < 2 || length > model.Config.ContextLength)
            throw new PithException(CliErrors.Usage, $"--context expects 2 to {model.Config.ContextLength}, not {length}.");
        if (verb.Get(maxTokens) is < 2)
            throw new PithException(CliErrors.Usage, $"--max-tokens expects at least 2, not {verb.Get(maxTokens)}.");
        var options = new EvaluationOptions { Context = length, MaxTokens = verb.Get(maxTokens) };
        var windows = EvaluationText.Read(verb.Get(calibrate), model.Tokenizer, options, cancellation);
        if (verb.Get(validate) is { } other)
            return (windows, EvaluationText.Read(other, model.Tokenizer, options, cancellation), $"{Installation.Show(other)}");
        var kept = windows.Count - Math.Max(1, windows.Count / HeldBack);
        if (kept < 1)
        {
            throw new PithException(
                CompressErrors.TooLittleText, $"{verb.Get(calibrate)}: expected at least two windows of {length} tokens, so that one can be held back, found {windows.Count}");
        }

        return (windows.Take(kept).ToList(), windows.Skip(kept).ToList(), $"the last {windows.Count - kept} of {windows.Count} windows of {Installation.Show(verb.Get(calibrate))}, held back");
    }
}
