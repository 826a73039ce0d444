using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Corrections;

/// <summary>A model quantized and corrected in memory, without writing anything: what the written one would compute.</summary>
public static class CorrectedModel
{
    /// <summary>Rounds a model to a plan, computing the low-rank corrections it asks for.</summary>
    /// <param name="model">The model in full precision.</param>
    /// <param name="source">Its stored weights.</param>
    /// <param name="plan">Formats and corrections.</param>
    /// <param name="calibration">What is known of the inputs; null where every correction is by <c>lqer</c>.</param>
    /// <param name="options">How weights are rounded and corrected; the plain order when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="progress">Told the share of the corrections that is done.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">A correction is of a weight without a format, or needs statistics that are not there.</exception>
    public static CausalModel Create(
        CausalModel model,
        ModelSource source,
        Plan plan,
        CalibrationStatistics? calibration,
        CorrectionOptions? options = null,
        Workers? workers = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(plan);
        workers ??= Workers.All;
        var corrected = plan.Sites.Where(entry => entry.Value.LowRank is not null).ToList();
        var weights = new Dictionary<Site, LinearWeight>();
        var inputs = new CalibratedInputs(calibration);
        foreach (var (site, decision) in corrected)
        {
            var entry = source.Tensors.Tensors[source.Config.WeightNameOf(site)];
            var values = new float[entry.Elements];
            source.Tensors.ReadFloats(entry.Name, 0, values);
            var format = decision.Weights ?? throw new ArgumentException($"{site}: expected a format of the corrected weight, found none", nameof(plan));
            var weight = WeightCorrection.Compute(
                values, entry.Columns, format, decision.LowRank!, inputs[site], options, workers, cancellation);
            weights.Add(site, weight.ToLinear(ActivationBlocks.Serves(decision.Activations)));
            progress?.Report((double)weights.Count / corrected.Count);
        }

        return model.WithWeights(plan, weights, workers, cancellation);
    }
}
