using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers;

/// <summary>Finds and reads the tokenizer of a model directory, or a tokenizer file.</summary>
/// <remarks>Thread-safe.</remarks>
public static class TokenizerLoader
{
    private delegate ITokenizer Reader(string[] paths, TokenizerSettings settings);

    /// <summary>The file layouts, in the order in which they are looked for in a directory.</summary>
    private static readonly (string[] Names, Reader Read)[] s_layouts =
    [
        (["tokenizer.json"], ReadJson),
        (["tokenizer.model"], ReadSentencePiece),
        (["tokenizer.bin"], ReadLlama2c),
        (["vocab.json", "merges.txt"], ReadGpt2),
        (["encoder.json", "vocab.bpe"], ReadGpt2),
        (["vocab.txt"], ReadWordPiece),
    ];

    /// <summary>The files that make up each layout that is read, by name; for messages and for copying.</summary>
    public static IReadOnlyList<string> KnownFiles { get; } =
        [.. s_layouts.Select(static layout => string.Join(" with ", layout.Names))];

    /// <summary>Whether a directory holds a tokenizer of a known layout.</summary>
    /// <param name="directory">The directory; may be absent.</param>
    public static bool Exists(string directory) =>
        s_layouts.Any(layout => layout.Names.All(name => File.Exists(Path.Combine(directory, name))));

    /// <summary>Reads a tokenizer and the settings beside it.</summary>
    /// <param name="path">A model directory, or one of the tokenizer's files.</param>
    /// <exception cref="PithException">Nothing is there, its kind is not known, or a file is malformed.</exception>
    public static TokenizerBundle Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            return LoadDirectory(path);
        if (!File.Exists(path))
            throw new PithException(ModelsErrors.TokenizerMissing, $"{path}: no such file or directory.");
        if (Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase))
            return GgufTokenizer.Load(path);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var name = Path.GetFileName(path);
        foreach (var (names, read) in s_layouts)
        {
            if (Fits(names, name, path) && names.Skip(1).All(other => File.Exists(Path.Combine(directory, other))))
                return Bundle([path, .. names.Skip(1).Select(other => Path.Combine(directory, other))], read, directory);
        }

        throw new PithException(
            ModelsErrors.TokenizerUnknown, $"{path}: not a tokenizer of a known kind; known files: {Known()}.");
    }

    private static TokenizerBundle LoadDirectory(string directory)
    {
        foreach (var (names, read) in s_layouts)
        {
            var paths = names.Select(name => Path.Combine(directory, name)).ToArray();
            if (paths.All(File.Exists))
                return Bundle(paths, read, directory);
        }

        throw new PithException(
            ModelsErrors.TokenizerMissing, $"{directory}: holds no tokenizer of a known kind; known files: {Known()}.");
    }

    private static string Known() => string.Join(", ", KnownFiles);

    // A file of another name fits a layout of one file by its extension.
    private static bool Fits(string[] names, string name, string path) =>
        name == names[0] || (names.Length == 1 && Path.GetExtension(path) == Path.GetExtension(names[0]));

    private static TokenizerBundle Bundle(string[] paths, Reader read, string directory)
    {
        var settings = TokenizerSettings.Read(directory);
        var tokenizer = read(paths, settings);
        var eosIds = settings.EosIds.Where(id => id >= 0 && id < tokenizer.VocabularySize);
        if (tokenizer.EosId is { } eos)
            eosIds = eosIds.Prepend(eos);
        return new TokenizerBundle
        {
            Tokenizer = tokenizer,
            Files = [.. paths, .. settings.Files],
            EosIds = [.. eosIds.Distinct()],
            AddsBos = tokenizer.BosId is not null && (settings.AddsBos ?? true),
            Frame = (tokenizer as PipelineTokenizer)?.Frame,
            ChatTemplate = settings.ChatTemplate,
            BosToken = settings.BosToken,
            EosToken = settings.EosToken,
        };
    }

    private static ITokenizer ReadJson(string[] paths, TokenizerSettings settings) =>
        TokenizerJson.Parse(TokenizerFile.Read(paths[0]), paths[0], settings.Hints);

    private static ITokenizer ReadSentencePiece(string[] paths, TokenizerSettings settings) =>
        SentencePieceModel.Parse(TokenizerFile.Read(paths[0]), paths[0], settings.Hints);

    private static ITokenizer ReadLlama2c(string[] paths, TokenizerSettings settings) =>
        Llama2cTokenizer.Parse(TokenizerFile.Read(paths[0]), paths[0]);

    private static ITokenizer ReadGpt2(string[] paths, TokenizerSettings settings) => Gpt2Vocabulary.Parse(
        TokenizerFile.Read(paths[0]), TokenizerFile.Read(paths[1]), paths[0], paths[1], settings.Hints);

    private static ITokenizer ReadWordPiece(string[] paths, TokenizerSettings settings) =>
        WordPieceVocabulary.Parse(TokenizerFile.Read(paths[0]), paths[0], settings.LowersCase, settings.Hints);
}
