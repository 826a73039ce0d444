using System.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Kernels.Packed;

namespace Pith.Bench.Studies.Kernels;

/// <summary>How long 1 GB of packed weights takes from stored codes to the records of the kernels.</summary>
internal static class RelayingTable
{
    private const int Columns = 2048;
    private const int Rows = 32_768;
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
                var packed = PackedModel.Repeated(NumberFormat.Parse(weights), Rows, Columns, new Random(0));
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
}
