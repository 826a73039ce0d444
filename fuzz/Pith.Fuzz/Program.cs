using System.Diagnostics;
using System.Globalization;
using Pith.Fuzz;
using Pith.Fuzz.Targets;
using SharpFuzz;

FuzzTarget[] targets =
[
    Safetensors.Target, ShardIndex.Target, PackedWeights.Target, CorrectedWeights.Target, Llama2cCheckpoint.Target, GgufCheckpoint.Target, ModelConfig.Target, PlanDocument.Target,
    TokenizerJson.Target, SentencePiece.Target, Llama2cTokenizer.Target, NumberRows.Target,
    WordPiece.Target, ChatTemplates.Target,
];
if (args.Length == 0 || Array.Find(targets, target => target.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine($"""
        usage: Pith.Fuzz TARGET                              under libfuzzer-dotnet
               Pith.Fuzz TARGET FILE|DIR…                    each file once
               Pith.Fuzz TARGET SECONDS SEED FILE|DIR…       damaged copies of the files
        targets: {string.Join(", ", targets.Select(target => target.Name))}
        """);
    return 2;
}

var folder = Directory.CreateTempSubdirectory("pith-fuzz-").FullName;
try
{
    if (args.Length == 1)
    {
        Fuzzer.LibFuzzer.Run(bytes => target.Run(folder, bytes));
        return 0;
    }

    if (!int.TryParse(args[1], CultureInfo.InvariantCulture, out var seconds))
    {
        foreach (var path in Files(args.Skip(1)))
            target.Run(folder, File.ReadAllBytes(path));
        Console.WriteLine($"{target.Name}: {Files(args.Skip(1)).Count()} files read or refused");
        return 0;
    }

    target.ReadSeeds(folder);
    var mutator = new Mutator([.. target.Seeds, .. Files(args.Skip(3)).Select(File.ReadAllBytes)], int.Parse(args[2], CultureInfo.InvariantCulture));
    var watch = Stopwatch.StartNew();
    long runs = 0;
    for (; watch.Elapsed.TotalSeconds < seconds; runs++)
    {
        var bytes = mutator.Next();
        try
        {
            target.Run(folder, bytes);
        }
        catch (Exception exception)
        {
            var found = $"{target.Name}-{args[2]}-{runs}.bin";
            File.WriteAllBytes(found, bytes);
            Console.Error.WriteLine($"{found}: {exception}");
            return 1;
        }
    }

    Console.WriteLine($"{target.Name}: {runs} damaged files read or refused");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static IEnumerable<string> Files(IEnumerable<string> paths) =>
    paths.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal).ToArray() : [path]);
