using System.Text;
using System.Text.Json;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Makes tokenizers of the vocabularies in GGUF files.</summary>
/// <remarks>A vocabulary becomes the file in which the hub would have it (tokenizer.json, tokenizer.model or vocab.txt), which then
/// serves for reading as well as for keeping the tokenizer beside an imported model. Thread-safe.</remarks>
internal static class GgufTokenizer
{
    /// <summary>Reads the tokenizer of a file, of which nothing but the header is read.</summary>
    /// <param name="path">A GGUF file, with or without tensors.</param>
    public static TokenizerBundle Load(string path)
    {
        using var file = MappedFile.Open(path);
        return Read(GgufHeader.Read(file).Metadata);
    }

    /// <summary>Reads the tokenizer in some metadata.</summary>
    /// <exception cref="Pith.Core.Diagnostics.PithException">There is none, it is malformed, or it is of a kind that is not read.</exception>
    public static TokenizerBundle Read(GgufMetadata metadata)
    {
        var vocabulary = GgufVocabulary.Read(metadata);
        var hints = new SpecialTokenHints
        {
            BosId = vocabulary.BosId,
            HasNoBos = vocabulary.BosId is null,
            EosId = vocabulary.EosId,
            HasNoEos = vocabulary.EosId is null,
        };
        var (name, bytes) = File(vocabulary, metadata.Path);
        ITokenizer tokenizer = vocabulary.Model switch
        {
            GgufVocabulary.Gpt2 => TokenizerJson.Parse(bytes, metadata.Path, hints),
            GgufVocabulary.Llama => SentencePieceModel.Parse(bytes, metadata.Path, hints),
            _ => WordPieceVocabulary.Parse(bytes, metadata.Path, hints: hints),
        };
        var addsBos = tokenizer.BosId is not null && (vocabulary.AddsBos ?? AddsBosUnsaid(vocabulary));
        return new TokenizerBundle
        {
            Tokenizer = tokenizer,
            Files = [],
            Contents = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
            {
                [name] = bytes,
                ["tokenizer_config.json"] = Settings(vocabulary, tokenizer, addsBos),
            },
            EosIds = [.. new[] { tokenizer.EosId, vocabulary.EotId }.OfType<int>().Distinct()],
            AddsBos = addsBos,
            ChatTemplate = vocabulary.ChatTemplate,
            BosToken = tokenizer.BosId is { } bos ? vocabulary.Tokens[bos] : null,
            EosToken = tokenizer.EosId is { } eos ? vocabulary.Tokens[eos] : null,
        };
    }

    // What llama.cpp does where a file is silent.
    private static bool AddsBosUnsaid(GgufVocabulary vocabulary) =>
        vocabulary.Model is GgufVocabulary.Llama or GgufVocabulary.Bert || GgufPreTokenizer.AddsBos(vocabulary.Pre);

    private static (string Name, byte[] Bytes) File(GgufVocabulary vocabulary, string path) => vocabulary.Model switch
    {
        GgufVocabulary.Gpt2 => ("tokenizer.json", GgufTokenizerJson.Write(vocabulary, path)),
        GgufVocabulary.Llama => ("tokenizer.model", GgufPieces.Write(vocabulary)),
        _ => ("vocab.txt", Encoding.UTF8.GetBytes(string.Concat(vocabulary.Tokens.Select(token => WordPiece(token) + "\n")))),
    };

    // GGUF marks the pieces that start a word, the vocabulary's own file those that go on.
    private static string WordPiece(string token)
    {
        if (token.StartsWith('\u2581'))
            return token[1..];
        return token.StartsWith('[') && token.EndsWith(']') ? token : "##" + token;
    }

    private static byte[] Settings(GgufVocabulary vocabulary, ITokenizer tokenizer, bool addsBos)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("add_bos_token", addsBos);
            WriteToken("bos_token", tokenizer.BosId);
            WriteToken("eos_token", tokenizer.EosId);
            if (vocabulary.ChatTemplate is { } template)
                writer.WriteString("chat_template", template);
            writer.WriteEndObject();

            void WriteToken(string name, int? id)
            {
                if (id is { } known)
                    writer.WriteString(name, vocabulary.Tokens[known]);
                else
                    writer.WriteNull(name);
            }
        }

        return stream.ToArray();
    }
}
