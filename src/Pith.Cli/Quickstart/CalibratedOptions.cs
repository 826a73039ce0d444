using Pith.Compress.Blocks;
using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Evaluation;

namespace Pith.Cli.Quickstart;

/// <summary>What the quickstart quantizes to beyond one format for everything: what a second text decides.</summary>
/// <param name="original">The model, not quantized yet.</param>
/// <param name="text">The text to decide on; not the one that is evaluated.</param>
/// <param name="workers">The threads.</param>
/// <param name="cancellation">Stops the measuring.</param>
internal sealed class CalibratedOptions(LanguageModel original, string text, Workers workers, CancellationToken cancellation)
{
    private const int SearchContext = 64;
    private const int SearchTokens = 1024;

    // As many bits as bfp5:16 has, weights and cached K and V together.
    private const double SearchedBits = 5.5;

    private const int CalibrationContext = 256;
    private const int CalibrationTokens = 4096;

    // The rank of a model is its width over this.
    private const int WidthOfRank = 16;

    private static readonly string[] searchedFormats = ["mxint4:16", "bfp5:16", "mxint6:16", "mxint8:32"];

    /// <summary>One format for each product, between which the damages of single products decide.</summary>
    /// <param name="validation">What the plan is validated on.</param>
    public QuantizeOptions Searched(EvaluationWindow validation)
    {
        var search = new RatioSearchOptions
        {
            Options = [.. searchedFormats.Select(format => new RatioOption(NumberFormat.Parse(format)))],
            HasSameActivations = true,
            Budget = new RatioBudget(BudgetKind.Bits, SearchedBits),
            FrontPoints = 0,
        };
        var found = RatioSearch.Run(original.Model, Read(SearchContext, SearchTokens), [validation], search, workers, cancellation: cancellation);
        return new QuantizeOptions { Overrides = found.Chosen.Plan };
    }

    /// <summary>Weights of four bits whose error is corrected for the inputs that the model has on the text.</summary>
    /// <returns>Null where the text has fewer tokens than a product has inputs. Otherwise the caller disposes the calibration.</returns>
    public QuantizeOptions? LowRank()
    {
        var widest = original.Config.Sites.Where(shape => shape.Site.HasWeight).Max(shape => shape.Inputs);
        var calibrate = new CalibrationText([.. Read(CalibrationContext, Math.Max(CalibrationTokens, widest)).Select(window => window.Tokens)]);
        if (calibrate.Tokens < widest)
            return null;
        var calibration = Calibrator.Run(
            original.Model, calibrate, new CalibrationOptions { HasSecondMoments = true }, workers: workers, cancellation: cancellation);
        return new QuantizeOptions
        {
            Weights = NumberFormat.Parse("mxint4:16"),
            Activations = NumberFormat.Parse("mxint8:16"),
            LowRank = new LowRankPlan(Math.Max(1, original.Config.HiddenSize / WidthOfRank), LowRankPlan.DefaultFormat, LowRankMethod.Qera),
            Calibration = calibration,
        };
    }

    private IReadOnlyList<EvaluationWindow> Read(int context, int tokens) => EvaluationText.Read(
        text,
        original.Tokenizer,
        new EvaluationOptions { Context = Math.Min(context, original.Config.ContextLength), MaxTokens = tokens },
        cancellation);
}
