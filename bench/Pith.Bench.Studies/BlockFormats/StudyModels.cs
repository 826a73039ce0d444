using System.Security.Cryptography;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>Finds the models of the study: the bundled family, and the staged ones where they are.</summary>
internal static class StudyModels
{
    /// <summary>Where the staged models are, from the root of the repository.</summary>
    public const string Staged = "../shared/data/lm";

    /// <summary>The documents on which the staged models are measured, in <see cref="Staged"/>.</summary>
    public const string StagedText = "text/tinystories/tinystories.jsonl.zst";

    private const int StagedContext = 256;

    private static readonly (string Name, string File, string Tokenizer, Whitespace Whitespace)[] StagedModels =
    [
        ("stories260K", "weights/stories260K/stories260K.bin", "weights/stories260K/tok512.bin", Whitespace.Keep),
        ("babyllama105", "weights/babyllama105/babyllama105.bin", "weights/babyllama105/tok105.model", Whitespace.Collapse),
    ];

    /// <summary>Models which are left out, with the reason.</summary>
    public static IReadOnlyList<(string Name, string Reason)> LeftOut { get; } =
    [
        ("bitstories-1M, bitstories-3M", "their weights are ternary and their activations 8-bit by construction: rounding them once more says nothing about a format"),
    ];

    /// <summary>Opens every model there is, smallest first within each kind.</summary>
    /// <param name="repository">Root of the repository.</param>
    /// <param name="tokens">Tokens of text used at most.</param>
    /// <param name="cancellation">Stops between models.</param>
    public static IEnumerable<StudyModel> Open(string repository, int tokens, CancellationToken cancellation)
    {
        var directories = Directory.GetDirectories(Path.Combine(repository, "models"), "pith-*")
            .Where(path => File.Exists(Path.Combine(path, "model.safetensors")))
            .OrderBy(path => new FileInfo(Path.Combine(path, "model.safetensors")).Length);
        foreach (var directory in directories)
            yield return Bundled(repository, directory, tokens, cancellation);
        foreach (var (name, file, tokenizer, whitespace) in StagedModels)
        {
            var root = Path.Combine(repository, Staged);
            if (File.Exists(Path.Combine(root, file)))
                yield return FromStaged(root, name, file, tokenizer, whitespace, tokens, cancellation);
        }
    }

    /// <summary>What happens to white space of a staged model's texts.</summary>
    public static Whitespace WhitespaceOf(string name) => StagedModels.First(model => model.Name == name).Whitespace;

    private static StudyModel Bundled(string repository, string directory, int tokens, CancellationToken cancellation)
    {
        const string Text = "data/eval.txt";
        var source = ModelSource.Open(directory);
        var context = source.Config.ContextLength;
        var path = Path.Combine(repository, Text);
        return new StudyModel(
            Path.GetFileName(directory),
            $"{Text}, blocks of {context} tokens",
            Digest(Path.Combine(directory, "model.safetensors"), path, tokens),
            source,
            EvaluationText.Read(path, source.LoadTokenizer(), new EvaluationOptions { Context = context, MaxTokens = tokens }, cancellation));
    }

    // The protocol behind the reference perplexities of these checkpoints.
    private static StudyModel FromStaged(
        string root, string name, string file, string tokenizer, Whitespace whitespace, int tokens, CancellationToken cancellation)
    {
        var path = Path.Combine(root, StagedText);
        var options = new EvaluationOptions { Context = StagedContext, MaxTokens = tokens, MaxDocuments = 200, Whitespace = whitespace };
        var source = ModelSource.Open(Path.Combine(root, file), Path.Combine(root, tokenizer));
        return new StudyModel(
            name,
            $"TinyStories, documents of at most {StagedContext} tokens",
            Digest(Path.Combine(root, file), path, tokens),
            source,
            EvaluationText.Read(path, source.LoadTokenizer(), options, cancellation));
    }

    private static string Digest(string weights, string text, int tokens)
    {
        using var model = File.OpenRead(weights);
        using var words = File.OpenRead(text);
        return $"{Convert.ToHexStringLower(SHA256.HashData(model))} {Convert.ToHexStringLower(SHA256.HashData(words))} {tokens}";
    }
}
