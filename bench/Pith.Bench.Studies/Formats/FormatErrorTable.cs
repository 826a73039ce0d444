using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels.Formats;

namespace Pith.Bench.Studies.Formats;

/// <summary>Relative Frobenius errors of formats on numbers of known distributions: the paper's encoders against the correct ones.</summary>
/// <remarks>W ~ N(0, 0.02²) as in weights; X ~ N(0, 1) with one channel times 60, as in activations; 64×256 each, twenty draws.
/// The distributions are those on which the reference implementation was measured.</remarks>
internal static class FormatErrorTable
{
    private const int Rows = 64;
    private const int Columns = 256;
    private const int Draws = 20;
    private const int OutlierChannel = 100;
    private const float OutlierFactor = 60;

    private static readonly string[] Families =
    [
        "minifloat:e4m3", "dmf:e4m3", "bfp8:16", "bfp6:16", "bfp5:16", "bfp4:16", "bfp3:16", "mxint8:32", "mxint6:16", "mxint4:16", "bmf8:16", "bmf6:16", "bmf4:16",
        "bl8:16", "bl4:16", "mxfp8e4m3:32", "mxfp8e5m2:32", "mxfp6e2m3:32", "mxfp6e3m2:32", "mxfp4:32", "nvfp4",
    ];

    /// <summary>Measures the table.</summary>
    public static Table Make(CancellationToken cancellation)
    {
        var table = new Table(
            "Relative Frobenius error, mean of 20 draws",
            TableColumn.OfText("format"), TableColumn.OfNumber("bits a value", 2),
            TableColumn.OfNumber("W", 5), TableColumn.OfNumber("W @compat", 5), TableColumn.OfNumber("W @ceil", 5), TableColumn.OfNumber("W @mse", 5),
            TableColumn.OfNumber("X", 5), TableColumn.OfNumber("X @compat", 5), TableColumn.OfNumber("X @ceil", 5), TableColumn.OfNumber("X @mse", 5));
        foreach (var name in Families)
        {
            cancellation.ThrowIfCancellationRequested();
            Cell[] cells = [.. ((bool[])[false, true]).SelectMany(outlier => ((string[])["", "@compat", "@ceil", "@mse"]).Select(rule => Cell.Of(Error(name + rule, outlier))))];
            table.Add([Cell.Of(name), Cell.Of(NumberFormat.Parse(name).BitsPerValue), .. cells]);
        }

        return table;
    }

    // Null where the family has no such rule.
    private static double? Error(string name, bool outlier)
    {
        if (!NumberFormat.TryParse(name, out var format))
            return null;
        return Enumerable.Range(1, Draws).Average(seed => Error(format!, Matrix(outlier, seed)));
    }

    private static double Error(NumberFormat format, float[] matrix)
    {
        var codec = FormatCodecs.For(format);
        var parameter = codec.TensorParameter(matrix.Max(Math.Abs));
        var rounded = new float[Columns];
        double error = 0, norm = 0;
        for (var start = 0; start < matrix.Length; start += Columns)
        {
            codec.Round(matrix.AsSpan(start, Columns), rounded, parameter);
            for (var i = 0; i < Columns; i++)
            {
                double x = matrix[start + i];
                error += (rounded[i] - x) * (rounded[i] - x);
                norm += x * x;
            }
        }

        return Math.Sqrt(error / norm);
    }

    private static float[] Matrix(bool outlier, int seed)
    {
        var random = new Random(seed);
        var matrix = new float[Rows * Columns];
        for (var i = 0; i < matrix.Length; i++)
        {
            // Box-Muller; 1 - u avoids the logarithm of zero.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            matrix[i] = (float)(outlier ? normal : 0.02 * normal);
            if (outlier && i % Columns == OutlierChannel)
                matrix[i] *= OutlierFactor;
        }

        return matrix;
    }
}
