using Pith.Compress.LowRank;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Models;
using Pith.Models.Evaluation;
using Pith.Models.Llama;

namespace Pith.Compress.Ratio;

/// <summary>Second moments of the inputs of a model's weights over the text of a search: one pass.</summary>
/// <remarks>Sums are doubles, added in the order of the text. q, k, v share an input, and gate, up. Immutable, hence thread-safe.</remarks>
internal sealed class InputMoments
{
    private readonly Dictionary<Site, double[]> sums = [];
    private readonly bool isFull;
    private long tokens;

    private InputMoments(bool isFull) => this.isFull = isFull;

    /// <summary>Runs the model over the windows.</summary>
    /// <param name="model">The model, not quantized.</param>
    /// <param name="windows">The text.</param>
    /// <param name="isFull">Whether E[xᵀx] is wanted; else its diagonal alone.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between two products.</param>
    public static InputMoments Measure(
        CausalModel model, IReadOnlyList<EvaluationWindow> windows, bool isFull, Workers workers, CancellationToken cancellation)
    {
        var moments = new InputMoments(isFull);
        var session = model.CreateSession(windows.Max(window => window.Tokens.Length), workers);
        session.Observer = (site, isRight, rows, width) =>
        {
            if (!isRight && site.HasWeight && site == InputOf(site))
                moments.Add(site, rows, width);
        };
        foreach (var window in windows)
        {
            session.Truncate(0);
            session.Append(window.Tokens.Span, LogitRows.None, cancellation);
            moments.tokens += window.Tokens.Length;
        }

        return moments;
    }

    /// <summary>The scale of a site's inputs: with the full moment ‖F·Eᵀ‖² is the mean square of the error of the outputs.</summary>
    public ScaleMatrix ScaleOf(Site site, Workers workers, CancellationToken cancellation)
    {
        var means = Array.ConvertAll(sums[InputOf(site)], sum => sum / tokens);
        var width = isFull ? (int)Math.Sqrt(means.Length) : means.Length;
        return isFull ? ScaleMatrix.OfSecondMoment(new Matrix(means, width, width), workers, cancellation) : ScaleMatrix.OfMeanSquares(means);
    }

    private static Site InputOf(Site site) => site.Kind switch
    {
        SiteKind.AttnK or SiteKind.AttnV => site with { Kind = SiteKind.AttnQ },
        SiteKind.MlpUp => site with { Kind = SiteKind.MlpGate },
        _ => site,
    };

    private void Add(Site site, ReadOnlySpan<float> rows, int width)
    {
        if (!sums.TryGetValue(site, out var sum))
            sums[site] = sum = new double[isFull ? width * width : width];
        for (var start = 0; start < rows.Length; start += width)
        {
            var x = rows.Slice(start, width);
            for (var i = 0; i < width; i++)
            {
                if (!isFull)
                {
                    sum[i] += (double)x[i] * x[i];
                    continue;
                }

                var row = sum.AsSpan(i * width, width);
                for (var j = 0; j < width; j++)
                    row[j] += (double)x[i] * x[j];
            }
        }
    }
}
