using Pith.Bench.Studies;
using Pith.Bench.Studies.BlockFormats;
using Pith.Bench.Studies.BlockGrid;
using Pith.Bench.Studies.Formats;
using Pith.Bench.Studies.Kernels;
using Pith.Bench.Studies.Ratio;

return StudyProgram.Run("Pith.Bench.Studies", args, new()
{
    ["block-formats"] = new("perplexity, KL divergence and weight error of every number format", BlockFormatStudy.Run),
    ["block-grid"] = new("block floating point by width, block size, product, layer and tensor", BlockGridStudy.Run),
    ["formats"] = new("error of every number format on random numbers, and its speed", FormatStudy.Run),
    ["kernels"] = new("matrix products on packed weights against memory and cache", KernelStudy.Run),
    ["ratio"] = new("mixed-precision searches against random draws at equal bytes", RatioStudy.Run),
using Pith.Bench.Studies.LowRank;

const int DefaultTokens = 100_000;
const string Usage = """
    Measures the tables in docs/results. One study a command:

      block-formats   perplexity, KL divergence and weight error of every number format
      formats         error of every number format on random numbers, and its speed
      kernels         matrix products on packed weights against memory and cache
      low-rank        low-rank corrections: every method, several ranks, 2 to 4 bits, on whole models

      --tokens N      tokens of text a model reads at most (100000)
      --threads N     threads (all); results do not depend on it
      --fresh         forget what earlier runs measured

    A run that was stopped goes on where it was.
    """;

Dictionary<string, Action<StudyContext, CancellationToken>> studies = new()
{
    ["block-formats"] = BlockFormatStudy.Run,
    ["formats"] = FormatStudy.Run,
    ["kernels"] = KernelStudy.Run,
    ["low-rank"] = LowRankStudy.Run,
};

if (args.Length == 0 || !studies.TryGetValue(args[0], out var study))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var (tokens, threads, fresh) = (DefaultTokens, Environment.ProcessorCount, false);
for (var i = 1; i < args.Length; i++)
{
    if (args[i] == "--fresh")
        fresh = true;
    else if (args[i] is "--tokens" or "--threads" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number > 0)
        (tokens, threads) = args[i++] == "--tokens" ? (number, threads) : (tokens, number);
    else
        return Fail($"'{args[i]}' is not an option, or lacks its number.");
}

var repository = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(repository, "Pith.slnx")))
{
    repository = Path.GetDirectoryName(repository);
    if (repository is null)
        return Fail("Not inside a working copy of Pith.");
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
