using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Blocks;

/// <summary>What rounding every block weight of a model to one format costs.</summary>
/// <param name="Sites">Relative Frobenius error of each weight, in the model's order.</param>
/// <param name="Total">The relative Frobenius error of all of them taken as one tensor.</param>
public sealed record ModelError(IReadOnlyList<(Site Site, double RelativeError)> Sites, double Total)
{
    /// <summary>Measures a model.</summary>
    /// <param name="model">The model; weights already packed are taken as their dequantized values.</param>
    /// <param name="format">The format; blocks run along the inputs.</param>
    /// <param name="threads">Threads to use, ≥ 1. The result does not depend on them.</param>
    /// <param name="progress">Told the fraction done.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="Core.Diagnostics.PithException">A weight is not finite and the format cannot say so
    /// (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static ModelError Measure(
        ModelSource model, NumberFormat format, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var shapes = model.Config.Sites.Where(shape => shape.Site.HasWeight).ToList();
        var sites = new List<(Site, double)>();
        var total = default(SquaredError);
        foreach (var shape in shapes)
        {
            var error = WeightError.Measure(model.Tensors, model.Config.WeightNameOf(shape.Site), format, default, threads, cancellation);
            sites.Add((shape.Site, error.Relative));
            total += error;
            progress?.Report((double)sites.Count / shapes.Count);
        }

        return new ModelError(sites, total.Relative);
    }
}
