using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Bench.Studies.LowRankCost;

/// <summary>Weights and statistics of the sizes and kinds that language models have, from a seed.</summary>
internal static class SyntheticSite
{
    /// <summary>The format of the weights.</summary>
    public static readonly NumberFormat Format = NumberFormat.Parse("mxint4:16");

    private const double WeightSize = 0.02;

    // Directions in which inputs move together, beside each input's own noise.
    private const int Directions = 8;

    /// <summary>A normal weight [outputs, inputs].</summary>
    public static float[] Weight(int outputs, int inputs, int seed)
    {
        // One row of normal numbers in many, shifted: drawing all would take longer than what is measured.
        var pool = GaussianMatrix.Of(1, (1 << 20) + 7, seed).Values;
        var weight = new float[(long)outputs * inputs];
        for (long i = 0; i < weight.LongLength; i++)
            weight[i] = (float)(WeightSize * pool[i * 31 % pool.Length]);
        return weight;
    }

    /// <summary>The weight in four bits.</summary>
    public static float[] Rounded(float[] weight, int inputs, Workers workers) => new NearestRounding(Format).Round(weight, inputs, workers);

    /// <summary>E[x²]: log-normal, so that some inputs are a thousand times as large as others.</summary>
    public static double[] MeanSquares(int inputs, int seed) => Array.ConvertAll(GaussianMatrix.Of(1, inputs, seed).Values, x => Math.Exp(2 * x));

    /// <summary>R = D·(I + G·Gᵀ/10)·D with D the roots of <see cref="MeanSquares"/> and G normal, [inputs, 8].</summary>
    public static Matrix SecondMoment(int inputs, int seed, Workers workers)
    {
        var sizes = Array.ConvertAll(MeanSquares(inputs, seed), Math.Sqrt);
        var g = GaussianMatrix.Of(inputs, Directions, seed + 1);
        for (var i = 0; i < inputs; i++)
        {
            foreach (ref var value in g.Row(i))
                value *= sizes[i] / Math.Sqrt(10);
        }

        var r = MatrixProduct.Of(g.View, g.View.Transposed, workers);
        for (var i = 0; i < inputs; i++)
            r[i, i] += sizes[i] * sizes[i];
        return r;
    }
}
