using Pith.Bench.Studies;
using Pith.Bench.Torch;
using Pith.Core.Reports;

// Apart from the other studies, because torch brings half a gigabyte. Writes docs/results/gemm.{md,json}.
var repository = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(repository, "Pith.slnx")))
{
    repository = Path.GetDirectoryName(repository);
    if (repository is null)
    {
        Console.Error.WriteLine("Not inside a working copy of Pith.");
        return 2;
    }
}

var provenance = Provenance.Of(repository, "dotnet run -c Release --project bench/Pith.Bench.Torch");
var report = GemmComparison.Report(provenance, Console.Error.WriteLine);
var results = Path.Combine(repository, "docs", "results");
File.WriteAllText(Path.Combine(results, "gemm.md"), MarkdownRenderer.Render(report));
File.WriteAllText(Path.Combine(results, "gemm.json"), JsonRenderer.Render(report));
return 0;
