using System.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels.Formats;

namespace Pith.Bench.Studies.Formats;

/// <summary>How fast formats are packed, decoded and rounded on one core, and how much faster than by their plain references.</summary>
/// <remarks>Rows of 4096 values. Packing reads bf16 and writes codes and scales. Each figure is the fastest of many short runs, which is the least
/// disturbed by other work on the machine; fast and reference alternate, so that their ratio is of one time.</remarks>
internal static class FormatSpeedTable
{
    private const int Columns = 4096;
    private const int Runs = 25;
    private const double SecondsOfARun = 0.004;
    private const double SecondsOfWarmUp = 0.5;

    private static readonly string[] Names =
    [
        "bf16", "fp16", "fixed8.7", "minifloat:e4m3", "dmf:e4m3", "bfp3:16", "bfp4:16", "bfp5:16", "bfp6:16", "bfp7:16", "bfp8:16", "bfp9:16", "bfp4:16@mse", "bfp6:16@mse",
        "mxint4:16", "mxint6:16", "mxint8:32", "mxint8:32@mse", "bmf8:16", "bl8:16", "mxfp8e4m3:32", "mxfp6e2m3:32", "mxfp4:32", "mxfp4:32@mse", "nvfp4", "nvfp4@mse",
    ];

    /// <summary>Measures the table.</summary>
    public static Table Make(CancellationToken cancellation)
    {
        var table = new Table(
            "Speed on one core",
            TableColumn.OfText("format"),
            TableColumn.OfNumber("pack", 2, "GB/s of bf16"), TableColumn.OfNumber("over reference", 0),
            TableColumn.OfNumber("decode", 2, "10^9 values/s"), TableColumn.OfNumber("over reference", 0),
            TableColumn.OfNumber("round", 2, "10^9 values/s"), TableColumn.OfNumber("over reference", 0));
        foreach (var name in Names)
        {
            cancellation.ThrowIfCancellationRequested();
            var format = NumberFormat.Parse(name);
            var (fast, reference) = (new Work(FormatCodecs.For(format)), new Work(FormatCodecs.Reference(format)));
            var pack = Measure(fast.Pack, reference.Pack);
            var decode = Measure(fast.Decode, reference.Decode);
            var round = Measure(fast.Round, reference.Round);
            table.Add(
                name, 2 * pack.Fast, Ratio(pack), decode.Fast, Ratio(decode), round.Fast, Ratio(round));
        }

        return table;
    }

    private static double Ratio((double Fast, double Reference) speeds) => speeds.Fast / speeds.Reference;

    // Values a nanosecond.
    private static (double Fast, double Reference) Measure(Action fast, Action reference)
    {
        Run(fast, SecondsOfWarmUp);
        Run(reference, SecondsOfWarmUp);
        var best = (Fast: 0.0, Reference: 0.0);
        for (var i = 0; i < Runs; i++)
            best = (Math.Max(best.Fast, Run(fast, SecondsOfARun)), Math.Max(best.Reference, Run(reference, SecondsOfARun)));
        return best;
    }

    private static double Run(Action work, double seconds)
    {
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        do
        {
            work();
            count++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);

        return count * (double)Columns / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private sealed class Work
    {
        private readonly FormatCodec codec;
        private readonly FormatCodec bf16 = FormatCodecs.For(NumberFormat.Parse("bf16"));
        private readonly byte[] stored = new byte[2 * Columns];
        private readonly float[] row = new float[Columns];
        private readonly float[] result = new float[Columns];
        private readonly byte[] codes;
        private readonly byte[] scales;
        private readonly float tensorParameter;

        public Work(FormatCodec codec)
        {
            this.codec = codec;
            var random = new Random(1);
            for (var i = 0; i < Columns; i++)
                row[i] = (float)(0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            bf16.Encode(row, stored, []);
            codes = new byte[codec.CodeBytes(Columns)];
            scales = new byte[codec.ScaleBytes(Columns)];
            tensorParameter = codec.TensorParameter(row.Max(Math.Abs));
            Pack();
        }

        public void Pack()
        {
            bf16.Decode(stored, [], row);
            codec.Encode(row, codes, scales, tensorParameter);
        }

        public void Decode() => codec.Decode(codes, scales, result, tensorParameter);

        public void Round() => codec.Round(row, result, tensorParameter);
    }
}
