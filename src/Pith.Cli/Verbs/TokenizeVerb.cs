using System.CommandLine;
using System.Globalization;
using System.Text;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Tokenizers;

namespace Pith.Cli.Verbs;

/// <summary><c>pith tokenize</c>: shows the tokens of a text.</summary>
internal static class TokenizeVerb
{
    // Files that can only be a tokenizer; a .bin or .gguf may be a model.
    private static readonly string[] TokenizerExtensions = [".json", ".model", ".txt", ".bpe"];

    private static readonly Argument<string> Model = new("MODEL") { Description = "The model, or a tokenizer's file or directory." };

    private static readonly Argument<string?> Text = new("TEXT")
    {
        Description = "The text.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> TextFile = new("--file") { Description = "Read the text from a file.", HelpName = "FILE" };

    private static readonly Option<bool> Special = new("--special")
    {
        Description = "Names of special tokens in the text stand for these tokens.",
    };

    private static readonly TokenizerOption Tokenizer = new();

    public static Command Create() => new Verb(
        "tokenize",
        "Shows the tokens of a text: ids, and the text of each. BOS and EOS are not added.",
        Execute,
        "pith tokenize models/pith-0.45m \"It was a dark night\"",
        "pith tokenize models/tokenizer \"<|endoftext|>It was\" --special")
    {
        Model, Text, TextFile, Special, Tokenizer.Option,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var text = ReadText(context);
        var tokenizer = Load(context.Get(Model), context.Get(Tokenizer.Option));
        var ids = tokenizer.Encode(text, context.Get(Special));
        var pieces = ids.Select(id => Piece(tokenizer, id)).ToArray();
        context.Output.Result(
            new { tokenizer.Kind, tokenizer.VocabularySize, Tokens = ids.Length, Ids = ids, Pieces = pieces },
            output =>
            {
                foreach (var (id, piece) in ids.Zip(pieces))
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,8}  {piece}"));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ids.Length} tokens, {tokenizer.Kind}"));
            });
        return ExitCode.Ok;
    }

    private static string ReadText(VerbContext context) => (context.Get(Text), context.Get(TextFile)) switch
    {
        (not null, not null) => throw new PithException(CliErrors.Usage, "A text and --file exclude each other."),
        (_, { } file) => File.ReadAllText(file),
        ({ } text, _) => text,
        _ => throw new PithException(CliErrors.Usage, "Expected a text, or --file."),
    };

    private static ITokenizer Load(string model, string? tokenizer)
    {
        if (tokenizer is not null)
            return TokenizerLoader.Load(tokenizer).Tokenizer;
        if (TokenizerLoader.Exists(model) || TokenizerExtensions.Contains(Path.GetExtension(model), StringComparer.OrdinalIgnoreCase))
            return TokenizerLoader.Load(model).Tokenizer;
        using var source = ModelSource.Open(model);
        return source.LoadTokenizer().Tokenizer;
    }

    /// <summary>What a token adds to a text, on one line: bytes that are no characters by their values, special tokens as such.</summary>
    private static string Piece(ITokenizer tokenizer, int id)
    {
        var bytes = tokenizer.TokenBytes(id);
        if (bytes.IsEmpty)
            return "(special)";
        var piece = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status != System.Buffers.OperationStatus.Done || Rune.IsControl(rune))
            {
                foreach (var value in bytes[..length])
                    piece.Append(value == (byte)'\n' ? @"\n" : value == (byte)'\t' ? @"\t" : string.Create(CultureInfo.InvariantCulture, $@"\x{value:X2}"));
            }
            else
            {
                piece.Append(rune.Value == '\\' ? @"\\" : rune.ToString());
            }

            bytes = bytes[length..];
        }

        return $"\"{piece}\"";
    }
}
