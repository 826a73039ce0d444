using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary>Measures a model's inputs before it is quantized, or takes them from the cache.</summary>
internal static class CalibrationRun
{
    /// <summary>Calibrates where the options ask for a correction that needs it.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="model">The model, not quantized yet.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="text">The calibration text; null when none is given.</param>
    /// <param name="cancellation">Stops the run; what was done up to the last checkpoint is kept.</param>
    /// <returns>Null where nothing needs it, or no text is given.</returns>
    public static CalibrationStatistics? For(VerbContext context, ModelSource model, QuantizeOptions options, string? text, CancellationToken cancellation)
    {
        var methods = options.Overrides.Sites.Values.Select(site => site.LowRank?.Method).Append(options.LowRank?.Method).OfType<LowRankMethod>().ToList();
        if (text is null || methods.Count == 0)
            return null;
        var workers = new Workers(context.Threads);
        var read = CalibrationText.Read(text, model.Config, model.LoadTokenizer(), cancellation);
        var settings = new CalibrationOptions { HasSecondMoments = options.Correction.HasFeedback || methods.Contains(LowRankMethod.Qera) };
        read.Check(model.Config, settings.HasSecondMoments);
        Directory.CreateDirectory(context.CacheDirectory);
        var cache = new CalibrationCache(context.CacheDirectory, ModelDigest.Of(model, cancellation));
        using var progress = context.Output.Progress($"Calibrating on {text}");
        return Calibrator.Run(
            CausalModel.Load(model.Config, model.Tensors, workers: workers, cancellation: cancellation), read, settings, cache, workers, progress, cancellation);
    }
}
