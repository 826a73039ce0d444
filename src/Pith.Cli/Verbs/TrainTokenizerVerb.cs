using System.CommandLine;
using System.Globalization;
using System.Text;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Models.Tokenizers.Training;

namespace Pith.Cli.Verbs;

/// <summary><c>pith train tokenizer</c>: learns a byte-level BPE vocabulary.</summary>
internal static class TrainTokenizerVerb
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "UTF-8 text, plain or .zst. Lines <|endoftext|> separate documents.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Vocabulary = new("--vocabulary")
    {
        Description = "Tokens in all, at least 257.",
        HelpName = "N",
        DefaultValueFactory = _ => 4096,
    };

    private static readonly OutputPath Target = new("The folder to make: tokenizer.json and tokenizer_config.json.");

    public static Command Create() => new Verb(
        "tokenizer",
        "Learns a byte-level BPE vocabulary from texts.",
        Execute,
        "pith train tokenizer data/calibrate.txt --vocabulary 600 --out my-tokenizer")
    {
        Files, Vocabulary, Target.Out, Target.Force,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var path = Target.Resolve(context);
        var trainer = new BytePairTrainer(context.Get(Vocabulary));
        foreach (var file in context.Get(Files))
        {
            TextFile.Read(file, stream =>
            {
                using var reader = new StreamReader(stream, Encoding.UTF8);
                trainer.Add(reader, cancellation);
                return 0;
            });
        }

        var vocabulary = trainer.Train(cancellation);
        using (var directory = AtomicDirectory.Create(path, context.Get(Target.Force)))
        {
            vocabulary.Save(directory.Path);
            directory.Commit();
        }

        var summary = new { Out = context.Get(Target.Out), Vocabulary = vocabulary.Tokens.Count, Merges = vocabulary.Merges.Count };
        context.Output.Result(summary, text => text.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{summary.Out}: {summary.Vocabulary} tokens from {summary.Merges} merges.")));
        return ExitCode.Ok;
    }
}
