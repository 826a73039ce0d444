using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Measure;
using Pith.Kernels.Packed;

namespace Pith.Cli.Verbs;

/// <summary><c>pith bench</c>: how near the kernels come to what the machine can do.</summary>
internal static class BenchVerb
{
    private static readonly Option<string> Shape = new("--shape")
    {
        Description = "Whose matrices: " + string.Join(", ", ModelShape.All.Select(shape => shape.Name)) + ". The weights are synthetic.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelShape.All[0].Name,
    };

    private static readonly Option<string> Weights = new("--weights") { Description = "Format of the weights; integer products need mxint, bfp, mxfp4, mxfp6e2m3, nvfp4 or a block type of ggml.", HelpName = "F", DefaultValueFactory = _ => "mxint4:16" };

    private static readonly Option<string> Activations = new("--activations") { Description = "Format of the activations.", HelpName = "F", DefaultValueFactory = _ => "mxint8:16" };

    private static readonly Option<double> Seconds = new("--seconds") { Description = "About how long to measure.", HelpName = "N", DefaultValueFactory = _ => 10 };

    private static readonly Option<int> Tokens = new("--tokens") { Description = "Tokens in a batch.", HelpName = "N", DefaultValueFactory = _ => 128 };

    private static readonly Option<int?> Rank = new("--low-rank") { Description = "Measure instead what a low-rank correction of this rank costs: blocks with and without it, in turns.", HelpName = "K" };

    public static Command Create() => new("bench", "Measures the kernels against what the machine can do.")
    {
        new Verb(
            "decode",
            "One token at a time: weight bytes per second against plain reading of memory.",
            (context, cancellation) => Execute(context, isPrefill: false, cancellation),
            "pith bench decode --shape llama-1b --weights mxint4:16 --activations mxint8:16 --threads 1",
            "pith bench decode --shape llama-1b --low-rank 32")
        {
            Shape, Weights, Activations, Rank, Seconds,
        },
        new Verb(
            "prefill",
            "A batch of tokens: multiply-adds per second against the same instructions in the cache.",
            (context, cancellation) => Execute(context, isPrefill: true, cancellation),
            "pith bench prefill --shape llama-1b --weights mxint4:16 --activations mxint8:16 --tokens 128")
        {
            Shape, Weights, Activations, Tokens, Rank, Seconds,
        },
        BenchGemmVerb.Create(),
    };

    private static ExitCode Execute(VerbContext context, bool isPrefill, CancellationToken cancellation)
    {
        var shape = ModelShape.All.FirstOrDefault(shape => shape.Name == context.Get(Shape))
            ?? throw new PithException(CliErrors.Usage, $"--shape expects one of {string.Join(", ", ModelShape.All.Select(shape => shape.Name))}, not `{context.Get(Shape)}`.");
        if (context.Get(Seconds) is not (> 0 and <= 3600))
            throw new PithException(CliErrors.Usage, "--seconds expects a number above 0, at most 3600.");
        if (isPrefill && context.Get(Tokens) is < 1 or > 4096)
            throw new PithException(CliErrors.Usage, "--tokens expects 1 to 4096.");
        var (weights, activations) = (NumberFormat.Parse(context.Get(Weights)), NumberFormat.Parse(context.Get(Activations)));
        var isInteger = isPrefill || context.Get(Rank) is not null;
        if (isInteger && !InterleavedMatrix.Serves(weights))
            throw new PithException(CliErrors.Usage, $"{weights} has no integer kernel; mxint, bfp, mxfp4, mxfp6e2m3 and nvfp4 in blocks of 16, 32, … have, and the block types of ggml.");
        if (isInteger && !ActivationBlocks.Serves(activations))
            throw new PithException(CliErrors.Usage, $"{activations} has no integer kernel for activations; mxint, bfp, mxfp4 and mxfp6e2m3 in blocks of 16, 32, … have.");
        if (weights.IsWide)
            throw new PithException(CliErrors.Usage, $"{weights} is not packed; --weights expects a packed format such as mxint4:16.");

        if (context.Get(Rank) is not { } rank)
            return Execute(context, new KernelBenchmarkOptions(shape, weights, activations, context.Threads, context.Get(Seconds), context.Seed), isPrefill, cancellation);
        if (rank is < 1 or > 1024)
            throw new PithException(CliErrors.Usage, $"--low-rank expects 1 to 1024, not {rank}.");
        return Execute(context, new KernelBenchmarkOptions(shape, weights, activations, context.Threads, context.Get(Seconds), context.Seed), rank, isPrefill ? context.Get(Tokens) : 1, cancellation);
    }

    private static ExitCode Execute(VerbContext context, KernelBenchmarkOptions options, int rank, int tokens, CancellationToken cancellation)
    {
        LowRankBenchmarkResult result;
        using (var progress = context.Output.Progress($"Measuring {options.Shape.Name} in {options.Weights} with rank {rank}"))
            result = LowRankBenchmark.Measure(options, rank, tokens, progress, cancellation);
        var document = new
        {
            Shape = options.Shape.Name,
            Weights = options.Weights.ToString(),
            Activations = options.Activations.ToString(),
            Path = PackedDot.PathName,
            result.Threads,
            Tokens = tokens,
            LowRank = rank,
            SecondsABlock = result.PlainSeconds,
            CorrectedSecondsABlock = result.CorrectedSeconds,
            result.Ratio,
        };
        context.Output.Result(document, text => text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Shape.Name} {options.Weights} × {options.Activations}, {tokens} token(s), {result.Threads} thread(s), {PackedDot.PathName}: a block takes {1e3 * result.PlainSeconds:F3} ms, {1e3 * result.CorrectedSeconds:F3} ms with rank {rank}: {result.Ratio:F3} of the speed")));
        return ExitCode.Ok;
    }

    private static ExitCode Execute(VerbContext context, KernelBenchmarkOptions options, bool isPrefill, CancellationToken cancellation)
    {
        var (shape, weights, activations) = (options.Shape, options.Weights, options.Activations);
        BenchmarkResult result;
        using (var progress = context.Output.Progress($"Measuring {shape.Name} in {weights}"))
        {
            result = isPrefill
                ? KernelBenchmark.Prefill(options, context.Get(Tokens), progress, cancellation)
                : KernelBenchmark.Decode(options, progress, cancellation);
        }

        var document = new
        {
            Shape = shape.Name,
            Weights = weights.ToString(),
            Activations = activations.ToString(),
            Products = options.IsInteger ? "integer" : "fp32",
            Path = PackedDot.PathName,
            result.Threads,
            BytesPerS = result.BytesPerSecond,
            ReadBandwidthBytesPerS = isPrefill ? (double?)null : result.Yardstick,
            result.Ratio,
            TokensPerS = result.TokensPerSecond,
            result.Gops,
        };
        context.Output.Result(document, text => text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shape.Name} {weights} × {activations} in {(options.IsInteger ? "integers" : "32-bit floats")}, {result.Threads} thread(s), {PackedDot.PathName}: {result.TokensPerSecond:F1} tokens/s, {result.BytesPerSecond / 1e9:F1} GB/s of weights, {result.Gops:F0} G multiply-adds/s, {result.Ratio:P0} of {(isPrefill ? "the rate in cache" : $"the read bandwidth ({result.Yardstick / 1e9:F1} GB/s)")}")));
        return ExitCode.Ok;
    }
}
