using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Relative Frobenius errors measured on the reference implementation, done again on data of the same distribution.</summary>
/// <remarks>W ~ N(0, 0.02²) and X ~ N(0, 1) with one channel times 60, both 64×256, blocks of 16. The sample behind the published
/// figures is unknown; ours is drawn anew with many seeds, and the figure has to lie within four standard deviations of that sample
/// (plus half a unit of its last digit).</remarks>
public sealed class PublishedErrorTests
{
    private const int Rows = 64;
    private const int Columns = 256;
    private const int Seeds = 24;

    [Theory]
    [InlineData("fixed8.7", false, 0.113, 0.0005)]
    [InlineData("minifloat:e4m3@compat", false, 0.036, 0.0005)]
    [InlineData("dmf:e4m3@compat", false, 0.060, 0.0005)]
    [InlineData("bmf8:16@compat", false, 1.000, 0.0005)]
    [InlineData("bl8:16@compat", false, 0.206, 0.0005)]
    [InlineData("bfp8:16@compat", false, 0.0071, 0.00005)]
    [InlineData("bfp6:16@compat", false, 0.0279, 0.00005)]
    [InlineData("bfp5:16@compat", false, 0.0563, 0.00005)]
    [InlineData("bfp4:16@compat", false, 0.1131, 0.00005)]
    [InlineData("fixed8.4", true, 0.861, 0.0005)]
    [InlineData("minifloat:e4m3@compat", true, 0.029, 0.0005)]
    [InlineData("dmf:e4m3@compat", true, 0.076, 0.0005)]
    [InlineData("bmf8:16@compat", true, 0.032, 0.0005)]
    [InlineData("bl8:16@compat", true, 0.153, 0.0005)]
    [InlineData("bfp8:16@compat", true, 0.0133, 0.00005)]
    [InlineData("bfp6:16@compat", true, 0.0385, 0.00005)]
    [InlineData("bfp5:16@compat", true, 0.0570, 0.00005)]
    [InlineData("bfp4:16@compat", true, 0.0984, 0.00005)]
    public void RelativeError_ReferenceEncoder_LiesInTheSampleOfOurs(string name, bool outlierChannel, double published, double lastDigit)
    {
        var errors = Enumerable.Range(1, Seeds).Select(seed => RelativeError(name, Matrix(outlierChannel, seed))).ToArray();
        var mean = errors.Average();
        var deviation = Math.Sqrt(errors.Sum(error => (error - mean) * (error - mean)) / (Seeds - 1));
        Assert.InRange(published, mean - (4 * deviation) - lastDigit, mean + (4 * deviation) + lastDigit);
    }

    [Fact]
    public void RelativeError_CorrectedBlockMinifloat_IsThatOfAMinifloat()
    {
        // Three mantissa bits: the relative error of a value is uniform within ±2^-4 of the significand's step, so well below 2^-4.
        var weights = Matrix(outlierChannel: false, seed: 1);
        Assert.InRange(RelativeError("bmf8:16", weights), 0.02, 0.04);
        Assert.InRange(RelativeError("bmf8:16@compat", weights), 0.9999, 1.0001);
    }

    [Theory]
    [InlineData("bfp4:16@mse", "bfp4:16@compat")]
    [InlineData("bfp6:16@mse", "bfp6:16@compat")]
    [InlineData("minifloat:e4m3", "minifloat:e4m3@compat")]
    [InlineData("dmf:e4m3", "dmf:e4m3@compat")]
    [InlineData("bl8:16", "bl8:16@compat")]
    [InlineData("bmf8:16", "bmf8:16@compat")]
    public void RelativeError_Corrected_IsNotWorseThanCompat(string corrected, string compat)
    {
        foreach (var outlier in (bool[])[false, true])
        {
            var (found, reference) = (RelativeError(corrected, Matrix(outlier, 3)), RelativeError(compat, Matrix(outlier, 3)));
            Assert.True(found <= reference, $"{corrected} {found} {compat} {reference}");
        }
    }

    private static double RelativeError(string name, float[] matrix)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var parameter = codec.TensorParameter(matrix.Max(Math.Abs));
        double error = 0, norm = 0;
        var rounded = new float[Columns];
        for (var row = 0; row < Rows; row++)
        {
            var source = matrix.AsSpan(row * Columns, Columns);
            codec.Round(source, rounded, parameter);
            for (var i = 0; i < Columns; i++)
            {
                var difference = (double)source[i] - rounded[i];
                error += difference * difference;
                norm += (double)source[i] * source[i];
            }
        }

        return Math.Sqrt(error / norm);
    }

    private static float[] Matrix(bool outlierChannel, int seed)
    {
        var matrix = TestRows.Normal(Rows * Columns, outlierChannel ? 1 : 0.02, seed);
        if (outlierChannel)
        {
            for (var row = 0; row < Rows; row++)
                matrix[(row * Columns) + 100] *= 60;
        }

        return matrix;
    }
}
