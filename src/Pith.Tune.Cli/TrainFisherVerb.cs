using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;
using Pith.Tune.Sensitivity;
using Pith.Tune.Text;
using Pith.Tune.Training;
using Pith.Tune.Tuning;

namespace Pith.Tune.Cli;

/// <summary><c>train fisher</c>: what rounding each weight costs, estimated from gradients.</summary>
internal static class TrainFisherVerb
{
    private static readonly Argument<string> model = new("MODEL") { Description = "The model: a directory or a file, in full precision." };
    private static readonly Option<string[]> text = new("--text") { Description = "UTF-8 texts, plain or .zst; lines <|endoftext|> separate documents.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> tokenizer = new("--tokenizer") { Description = "The tokenizer, where it is not beside the model: a file or a directory.", HelpName = "FILE" };
    private static readonly Option<string> formats = new("--formats") { Description = "Formats of weights, with commas between.", HelpName = "F,F", DefaultValueFactory = _ => "mxint3:16,mxint4:16,mxint6:16,mxint8:16" };
    private static readonly Option<int> count = new("--blocks") { Description = "Blocks of text to read, all there are if fewer.", HelpName = "N", DefaultValueFactory = _ => 64 };
    private static readonly Option<int> context = new("--context") { Description = "Tokens of a block; short blocks estimate better.", HelpName = "N", DefaultValueFactory = _ => 128 };
    private static readonly OutputPath target = new("The file to make.", "FILE");

    public static Verb Create() => new(
        "fisher",
        "Estimates from gradients what rounding each weight costs, for `pith search ratio --fisher`.",
        Execute,
        "pith train fisher models/pith-0.45m --text data/calibrate.txt --out fisher.json")
    {
        model, text, tokenizer, formats, count, context, target.Out, target.Force,
    };

    private static ExitCode Execute(VerbContext verb, CancellationToken cancellation)
    {
        var path = target.Resolve(verb);
        ArgumentOutOfRangeException.ThrowIfLessThan(verb.Get(count), 1, "--blocks");
        var parsed = verb.Get(formats).Split(',').Select(NumberFormat.Parse).Distinct().ToList();
        using var source = ModelSource.Open(verb.Get(model), verb.Get(tokenizer));
        var start = StartingModel.Read(source, cancellation);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(verb.Get(context), start.Config.ContextLength, "--context");
        var words = TrainingText.Join([.. verb.Get(text).Select(name => TrainingText.Load(name, start.Tokenizer, verb.CacheDirectory, cancellation))]);
        var blocks = new TokenBlocks(words.Ids, start.Bos, verb.Get(context), 0);
        var read = Math.Min(verb.Get(count), blocks.TrainingCount);
        IReadOnlyList<(Core.Sites.Site Site, IReadOnlyList<(NumberFormat Format, double Damage)> Damages)> damages;
        using (var progress = verb.Output.Progress("Gradients"))
            damages = FisherDamage.Measure(start, blocks, read, parsed, verb.Threads, progress, cancellation);
        FisherJson.Write(path, ModelDigest.Of(source, cancellation), damages);

        var document = new { Out = verb.Get(target.Out), Blocks = read, Tokens = (long)read * (blocks.ContextLength - 1), Formats = parsed.Select(format => format.ToString()) };
        verb.Output.Result(document, writer =>
        {
            var table = new Table(
                string.Create(CultureInfo.InvariantCulture, $"Damage, nats a token, from {document.Tokens:N0} tokens"),
                [TableColumn.OfText("site"), .. parsed.Select(format => TableColumn.OfSignificant(format.ToString(), 3))]);
            foreach (var (site, row) in damages) table.Add([site.ToString(), .. row.Select(entry => Cell.Of(entry.Damage))]);
            writer.Write(TextRenderer.Render(table));
        });
        return ExitCode.Ok;
    }
}
