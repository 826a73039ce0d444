using Pith.Core.Diagnostics;
using Pith.Kernels;

namespace Pith.Models.Calibration;

/// <summary>Runs a model over a text and measures the inputs of its matrix products.</summary>
/// <remarks>One pass, whatever is measured. Results do not depend on the threads, on where second moments are kept, nor on how often the
/// run was interrupted and resumed: sums are doubles, added in the order of the text. Thread-safe.</remarks>
public static class Calibrator
{
    /// <summary>Measures a model.</summary>
    /// <param name="model">The model, in full precision.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">What is measured; the means of each input when null.</param>
    /// <param name="cache">Where a finished or interrupted measurement is kept; null for nowhere.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="progress">Told the share of the tokens that is done.</param>
    /// <param name="cancellation">Stops between two products; with a cache, what was done up to the last checkpoint is kept.</param>
    /// <exception cref="PithException">The text does not fit the model or is too short (<see cref="CalibrationText.Check"/>), or the
    /// cache cannot be written.</exception>
    public static CalibrationStatistics Run(
        CausalModel model,
        CalibrationText text,
        CalibrationOptions? options = null,
        CalibrationCache? cache = null,
        Workers? workers = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        options ??= new CalibrationOptions();
        options.Check();
        text.Check(model.Config, options.HasSecondMoments);
        var sums = CalibrationSums.Create(model.Config, options, cache?.Folder);
        try
        {
            cache?.TryRestore(sums, text, options);
            var resumed = sums.Sequences;
            Continue(model, text, options, sums, cache, workers ?? Workers.All, progress, cancellation);
            return new CalibrationStatistics(sums, text, options.HasSecondMoments, resumed);
        }
        catch
        {
            sums.Dispose();
            throw;
        }
    }

    private static void Continue(
        CausalModel model,
        CalibrationText text,
        CalibrationOptions options,
        CalibrationSums sums,
        CalibrationCache? cache,
        Workers workers,
        IProgress<double>? progress,
        CancellationToken cancellation)
    {
        var all = text.Sequences;
        if (sums.Sequences == all.Count)
            return;
        var total = text.Tokens;
        var session = model.CreateSession(all.Max(sequence => Math.Max(1, sequence.Length)), workers);
        session.Observer = (site, isRight, rows, _) =>
        {
            if (!isRight && sums.Inputs.TryGetValue(site, out var input))
                input.Add(rows, workers);
        };
        for (var batches = 1; sums.Sequences < all.Count; batches++)
        {
            var first = sums.Sequences;
            var count = Math.Min(options.BatchSequences, all.Count - first);
            var tokens = 0L;
            for (var index = first; index < first + count; index++)
            {
                session.Truncate(0);
                session.Append(all[index].Span, Llama.LogitRows.None, cancellation);
                tokens += all[index].Length;
                progress?.Report((double)(sums.Tokens + tokens) / total);
            }

            sums.EndBatch(count, tokens);
            if (cache is not null && (sums.Sequences == all.Count || batches % options.CheckpointBatches == 0))
                cache.Store(sums, text, options);
        }
    }
}
