using System.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Packed;

namespace Pith.Bench.Studies.Kernels;

/// <summary>How long 1 GB of packed weights takes from stored codes to the records of the kernels.</summary>
internal static class RelayingTable
{
    private const int Columns = 2048;
    private const int Rows = 32_768;

    // Made once and repeated.
    private const int DistinctRows = 16;
    private const double WholeBytes = 1e9;

    private static readonly string[] Weights = ["mxint4:16", "bfp6:16", "mxint8:16", "q4_0"];

    /// <summary>Measures.</summary>
    public static Table Measure(StudyContext context)
    {
        var table = new Table(
            "Re-laying",
            TableColumn.OfText("weights"),
            TableColumn.OfNumber("threads", 0),
            TableColumn.OfNumber("1 GB", 2, "s"),
            TableColumn.OfNumber("copying 1 GB", 2, "s"));
        foreach (var threads in new[] { 1, context.Threads }.Distinct())
        {
            foreach (var weights in Weights)
            {
                context.Say($"Re-laying {weights}, {threads} thread(s)");
                var packed = Random(NumberFormat.Parse(weights));
                var bytes = (double)packed.Codes.Length + packed.Scales.Length;
                using (InterleavedMatrix.TryCreate(packed, new Workers(threads)))
                {
                    // The first one compiles.
                }

                var copies = (int)Math.Ceiling(WholeBytes / bytes);
                var made = new List<InterleavedMatrix>();
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < copies; i++)
                    made.Add(InterleavedMatrix.TryCreate(packed, new Workers(threads))!);
                var relaying = Stopwatch.GetElapsedTime(start).TotalSeconds;
                foreach (var matrix in made)
                    matrix.Dispose();
                start = Stopwatch.GetTimestamp();
                var copied = Enumerable.Range(0, copies).Select(_ => packed.Codes.ToArray()).ToList();
                var copying = Stopwatch.GetElapsedTime(start).TotalSeconds;
                GC.KeepAlive(copied);
                table.Add(weights, threads, relaying / (copies * bytes) * WholeBytes, copying / copies / packed.Codes.Length * WholeBytes);
            }
        }

        return table;
    }

    private static PackedMatrix Random(NumberFormat format)
    {
        var random = new Random(0);
        var row = new float[Columns * DistinctRows];
        foreach (ref var value in row.AsSpan())
            value = random.NextSingle() - 0.5f;
        var group = PackedMatrix.Pack(format, row, Columns);
        var codes = new byte[group.Codes.Length * (Rows / DistinctRows)];
        var scales = new byte[group.Scales.Length * (Rows / DistinctRows)];
        for (var i = 0; i < Rows / DistinctRows; i++)
        {
            group.Codes.CopyTo(codes.AsMemory(i * group.Codes.Length));
            group.Scales.CopyTo(scales.AsMemory(i * group.Scales.Length));
        }

        return new PackedMatrix(format, Rows, Columns, codes, scales, group.TensorParameter);
    }
}
