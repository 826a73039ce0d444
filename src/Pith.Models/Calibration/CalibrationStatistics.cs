using Pith.Core.Sites;
using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>What was measured of the inputs of a model's matrix products over a text.</summary>
/// <remarks>Products that read one input share its statistics (<see cref="SharedInputs"/>). Second moments are read when asked for, one
/// at a time, wherever they are kept. Safe to read from several threads. Disposing frees the scratch file, if there is one.</remarks>
public sealed class CalibrationStatistics : IDisposable
{
    private readonly CalibrationSums sums;

    internal CalibrationStatistics(CalibrationSums sums, CalibrationText text, bool hasSecondMoments, int resumed)
    {
        this.sums = sums;
        Digest = text.Digest;
        HasSecondMoments = hasSecondMoments;
        ReusedSequences = resumed;
    }

    /// <summary>Tokens run.</summary>
    public long Tokens => sums.Tokens;

    /// <summary>Sequences run.</summary>
    public int Sequences => sums.Sequences;

    /// <summary>Sequences of them which an earlier run had done, so that their sums came from the cache.</summary>
    public int ReusedSequences { get; }

    /// <summary>The text's digest.</summary>
    public string Digest { get; }

    /// <summary>Whether second moments were measured.</summary>
    public bool HasSecondMoments { get; }

    /// <summary>The statistics of a product's input.</summary>
    /// <param name="site">A site that has a weight.</param>
    /// <exception cref="ArgumentException">The model has no such site.</exception>
    public InputStatistics this[Site site]
    {
        get
        {
            var input = Find(site);
            return new InputStatistics(sums.Tokens, Mean(input.Absolute), [.. input.LargestBatchMean], Mean(input.Squares));
        }
    }

    /// <summary>The second moment R = E[xᵀx] of a product's input, not centred.</summary>
    /// <param name="site">A site that has a weight.</param>
    /// <returns>[inputs, inputs], row-major, symmetric.</returns>
    /// <exception cref="InvalidOperationException">It was not measured.</exception>
    public double[] SecondMomentOf(Site site)
    {
        var input = Find(site);
        var moments = input.Moments ?? throw new InvalidOperationException("the calibration was asked for means alone");
        var width = input.Width;
        var full = new double[checked(width * width)];
        for (var i = 0; i < width; i++)
        {
            var row = full.AsSpan(i * width, i + 1);
            moments.Read(SecondMoment.Start(i), row);
            for (var j = 0; j <= i; j++)
            {
                row[j] /= sums.Tokens;
                full[(j * width) + i] = row[j];
            }
        }

        return full;
    }

    /// <summary>Frees the scratch file.</summary>
    public void Dispose() => sums.Dispose();

    private InputSums Find(Site site) => sums.Inputs.TryGetValue(SharedInputs.Of(site), out var input)
        ? input
        : throw new ArgumentException($"expected a site with a weight of the calibrated model, found {site}", nameof(site));

    private double[] Mean(double[] total) => Array.ConvertAll(total, sum => sum / sums.Tokens);
}
