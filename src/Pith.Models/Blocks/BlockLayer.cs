using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;

namespace Pith.Models.Blocks;

/// <summary>The linear layers of one transformer block.</summary>
internal abstract record BlockLayer
{
    /// <summary>The sites that have a weight.</summary>
    public abstract SiteKind[] SiteKinds { get; }

    /// <summary>Their weights, in the order of <see cref="SiteKinds"/>.</summary>
    public required LinearWeight[] Weights { get; init; }

    /// <summary>Their biases, [outputs] each; empty where there is none.</summary>
    public required float[][] Biases { get; init; }

    /// <summary>Bytes of weights and biases.</summary>
    public long LinearBytes => Weights.Sum(weight => weight.Bytes) + (4L * Biases.Sum(bias => (long)bias.Length));

    public int IndexOf(SiteKind kind) => Array.IndexOf(SiteKinds, kind);

    /// <summary>Blocks with the weights in a plan's formats, some of them given.</summary>
    public static T[] WithPlan<T>(
        T[] stored, Plan plan, IReadOnlyDictionary<Site, LinearWeight> given, Workers workers, CancellationToken cancellation)
        where T : BlockLayer
    {
        var layers = new T[stored.Length];
        for (var index = 0; index < layers.Length; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            BlockLayer layer = stored[index];
            layers[index] = (T)(layer with
            {
                Weights = [.. layer.SiteKinds.Select((kind, i) => new Site(index, kind) is var site && given.TryGetValue(site, out var weight)
                    ? weight
                    : WeightRounding.Apply(site, layer.Weights[i], plan, workers))],
            });
        }

        return layers;
    }
}
