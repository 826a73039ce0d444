using System.Diagnostics;
using System.Globalization;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.Overheads;

/// <summary>How soon <c>pith generate</c> has its first token, and how fast the others follow, as whole commands.</summary>
internal static class GenerateStudy
{
    private const int Rounds = 9;
    private const int Tokens = 400;
    private const string Model = "models/pith-3.4m";

    private static readonly (string Name, string[] Options)[] Ways =
    [
        ("the likeliest token always", ["--temperature", "0"]),
        ("temperature 0.8, top-p 0.95", []),
    ];

    private static readonly string[] Formats = ["mxint8:16", "mxint4:16", "bfp6:16", "mxfp4:32", "mxfp8e4m3:32", "nvfp4"];

    /// <summary>Measures and writes <c>generate.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var pith = Path.Combine(context.Repository, "pith");
        var model = Path.Combine(context.Repository, Model);
        var report = new Report("Generating text", "Seconds of a whole command, and tokens a second inside one.")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(string.Create(
                CultureInfo.InvariantCulture,
                $"The bundled {Model}, whose weights are bfloat16 numbers. Every number is of a process of its own, `./pith generate {Model} The`, speeds with `--threads 1`; medians of {Rounds} in turns.")));

        // The first builds the program.
        Generate(1);
        var starts = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            Command.Text(pith, "generate", model, "The", "--max-tokens", "1");
            starts.Add(watch.Elapsed.TotalSeconds);
        }

        var start = new Table("Start", TableColumn.OfText("command"), TableColumn.OfNumber("median", 3, "s"), TableColumn.OfNumber("fastest", 3, "s"), TableColumn.OfNumber("slowest", 3, "s"));
        start.Add("--max-tokens 1", Median(starts), starts.Min(), starts.Max());
        report.Add(new Heading("One token, from the shell and back")).Add(start);

        report.Add(new Heading($"{Tokens} tokens")).Add(Speeds(
            "Speed", "drawing", Ways.Select(way => (way.Name, (Func<double>)(() => Generate(Tokens, way.Options)))), context, cancellation));
        report.Add(new Heading("The same in number formats")).Add(new Paragraph(
            "Weights, activations, keys and values in the format; the likeliest token always."));
        report.Add(Speeds("Formats", "format", Formats.Select(format => (format, (Func<double>)(() => InFormat(format)))), context, cancellation));
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "generate.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "generate.json"), JsonRenderer.Render(report));

        double Generate(int tokens, params string[] options)
        {
            var answer = Command.Json(pith, ["generate", model, "The", "--max-tokens", $"{tokens}", "--threads", "1", "--json", .. options]);
            return answer.TryGetProperty("decode_tokens_per_s", out var speed) ? speed.GetDouble() : 0;
        }

        double InFormat(string format) => Generate(Tokens, "--weights", format, "--activations", format, "--temperature", "0");
    }

    private static Table Speeds(
        string title, string what, IEnumerable<(string Name, Func<double> Measure)> ways, StudyContext context, CancellationToken cancellation)
    {
        var measured = ways.Select(way => (way.Name, way.Measure, Speeds: new List<double>())).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            context.Say($"{title}: round {round + 1} of {Rounds}");
            foreach (var way in measured)
            {
                cancellation.ThrowIfCancellationRequested();
                way.Speeds.Add(way.Measure());
            }
        }

        var table = new Table(title, TableColumn.OfText(what), TableColumn.OfNumber("median", 0, "tokens/s"), TableColumn.OfNumber("slowest", 0, "tokens/s"), TableColumn.OfNumber("fastest", 0, "tokens/s"));
        foreach (var (name, _, speeds) in measured)
            table.Add(name, Median(speeds), speeds.Min(), speeds.Max());
        return table;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
