using System.Diagnostics;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Compress.Ratio;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Search;

/// <summary>One <c>pith search ratio</c>: reads model and texts, searches, measures speeds, writes the folder.</summary>
internal sealed class RatioRun(
    VerbContext context,
    string path,
    string? tokenizer,
    RatioTextOptions texts,
    RatioSearchOptions options,
    SearchFolder folder,
    CancellationToken cancellation)
{
    private readonly Workers workers = new(context.Threads);

    /// <summary>Does it all.</summary>
    /// <param name="progress">Told the share of the search that is done.</param>
    public RatioOutcome Execute(IProgress<double> progress)
    {
        using var source = ModelSource.Open(path, tokenizer);
        options.DamageFile?.RequireModel(ModelDigest.Of(source, cancellation));
        RatioSearch.Check(source.Config, options);
        var model = LanguageModel.Open(path, tokenizer, workers, cancellation);
        var (calibrate, validate, validation) = texts.Read(context, model, cancellation);
        var start = Stopwatch.GetTimestamp();
        using var inputs = RatioSearch.MeasureInputs(model.Model, calibrate, options, workers, cancellation);
        var result = RatioSearch.Run(model.Model, calibrate, validate, options, workers, folder.OpenStudy, inputs, progress, cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var first = calibrate[0].Tokens.Span[0];
        var points = result.Front.Select((point, index) => new MeasuredPoint(point, RatioFiles.PlanOf(index), Speed(source, point.Plan, inputs, first))).ToList();
        var outcome = new RatioOutcome(
            Installation.Show(path), validation, result, points, seconds, "./pith " + string.Join(' ', context.Arguments));
        RatioFiles.Write(folder.PathToWrite(), source.Config, outcome);
        folder.Commit();
        return outcome;
    }

    // As it is stored and run: written, read back, packed.
    private double Speed(ModelSource source, Plan plan, CalibrationStatistics? inputs, int token)
    {
        var scratch = Path.Combine(context.CacheDirectory, string.Create(CultureInfo.InvariantCulture, $"search-{Environment.ProcessId}"));
        try
        {
            var quantize = new QuantizeOptions { Overrides = plan, Calibration = inputs, Replace = true, Threads = context.Threads };
            Quantizer.Quantize(source, scratch, quantize, cancellation: cancellation);
            return DecodeSpeed.Measure(LanguageModel.Open(scratch, workers: workers, cancellation: cancellation).Model, token, workers, cancellation);
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }
    }
}
