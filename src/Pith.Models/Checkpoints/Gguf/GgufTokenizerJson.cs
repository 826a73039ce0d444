using System.Text.Encodings.Web;
using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Writes a byte-level BPE of a GGUF file as tokenizer.json.</summary>
internal static class GgufTokenizerJson
{
    /// <summary>Writes the document.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="path">Where it comes from, for messages.</param>
    /// <exception cref="PithException">The splitting pattern is not known (<see cref="ModelsErrors.GgufTokenizer"/>).</exception>
    public static byte[] Write(GgufVocabulary vocabulary, string path)
    {
        var split = GgufPreTokenizer.Find(vocabulary)
            ?? throw new PithException(ModelsErrors.GgufTokenizer, $"{path}: `{GgufVocabulary.Prefix}pre`: expected a splitting pattern that is known, found {Names.Show(vocabulary.Pre!)}");
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteNull("truncation");
            writer.WriteNull("padding");
            WriteAddedTokens(writer, vocabulary);
            WriteNormalizer(writer, split);
            WritePreTokenizer(writer, split);
            writer.WriteNull("post_processor");
            writer.WriteStartObject("decoder");
            WriteByteLevel(writer, usesPattern: true);
            WriteModel(writer, vocabulary, split);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteAddedTokens(Utf8JsonWriter writer, GgufVocabulary vocabulary)
    {
        writer.WriteStartArray("added_tokens");
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            if (vocabulary.Types[id] is not (GgufTokenType.Control or GgufTokenType.Unknown or GgufTokenType.UserDefined) || vocabulary.Tokens[id].Length == 0)
                continue;
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("content", vocabulary.Tokens[id]);
            writer.WriteBoolean("single_word", false);
            writer.WriteBoolean("lstrip", false);
            writer.WriteBoolean("rstrip", false);
            writer.WriteBoolean("normalized", false);
            writer.WriteBoolean("special", vocabulary.Types[id] != GgufTokenType.UserDefined);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNormalizer(Utf8JsonWriter writer, GgufSplit split)
    {
        if (!split.IsComposed)
        {
            writer.WriteNull("normalizer");
            return;
        }

        writer.WriteStartObject("normalizer");
        writer.WriteString("type", "NFC");
        writer.WriteEndObject();
    }

    private static void WritePreTokenizer(Utf8JsonWriter writer, GgufSplit split)
    {
        writer.WriteStartObject("pre_tokenizer");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("pretokenizers");
        foreach (var pattern in split.Patterns)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "Split");
            writer.WriteStartObject("pattern");
            writer.WriteString("Regex", pattern);
            writer.WriteEndObject();
            writer.WriteString("behavior", "Isolated");
            writer.WriteBoolean("invert", false);
            writer.WriteEndObject();
        }

        writer.WriteStartObject();
        WriteByteLevel(writer, split.UsesGpt2);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter writer, bool usesPattern)
    {
        writer.WriteString("type", "ByteLevel");
        writer.WriteBoolean("add_prefix_space", false);
        writer.WriteBoolean("trim_offsets", true);
        writer.WriteBoolean("use_regex", usesPattern);
        writer.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter writer, GgufVocabulary vocabulary, GgufSplit split)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteNull("unk_token");
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteBoolean("ignore_merges", split.IgnoresMerges);
        writer.WriteStartObject("vocab");
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
            writer.WriteNumber(vocabulary.Tokens[id], id);
        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach (var merge in vocabulary.Merges)
            writer.WriteStringValue(merge);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
