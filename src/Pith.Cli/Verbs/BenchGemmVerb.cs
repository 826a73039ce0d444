using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Kernels.Measure;

namespace Pith.Cli.Verbs;

/// <summary><c>pith bench gemm</c>: the product of matrices of 32-bit floats.</summary>
internal static class BenchGemmVerb
{
    private static readonly Option<string> Shape = new("--shape")
    {
        Description = "Rows of the inputs, rows of the weight, length of both.",
        HelpName = "TOKENSxOUTPUTSxINNER",
        DefaultValueFactory = _ => "1024x1024x1024",
    };

    private static readonly Option<double> Seconds = new("--seconds") { Description = "About how long to measure.", HelpName = "N", DefaultValueFactory = _ => 3 };

    public static Command Create() => new Verb(
        "gemm",
        "Multiplies matrices of 32-bit floats: multiply-adds per second.",
        Execute,
        "pith bench gemm --shape 1024x1024x1024 --threads 1")
    {
        Shape, Seconds,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var shape = GemmShape.TryParse(context.Get(Shape)) ?? throw new PithException(
            CliErrors.Usage,
            string.Create(
                CultureInfo.InvariantCulture,
                $"--shape expects three numbers from 1 to {GemmShape.LongestSide} like 128x4096x4096, not `{context.Get(Shape)}`."));
        if (context.Get(Seconds) is not (> 0 and <= 3600))
            throw new PithException(CliErrors.Usage, "--seconds expects a number above 0, at most 3600.");

        GemmResult result;
        using (var progress = context.Output.Progress($"Multiplying {shape}"))
            result = new GemmBenchmark(shape, context.Seed).Measure(context.Threads, context.Get(Seconds), progress, cancellation);
        var document = new { Shape = shape.ToString(), Path = GemmBenchmark.PathName, result.Threads, result.Runs, result.Gops, result.BestGops };
        context.Output.Result(document, text => text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shape}, {result.Threads} thread(s), {GemmBenchmark.PathName}: {result.Gops:F1} G multiply-adds/s (best {result.BestGops:F1}), median of {result.Runs} products")));
        return ExitCode.Ok;
    }
}
