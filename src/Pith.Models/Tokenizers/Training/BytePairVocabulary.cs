using System.Text.Json;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tokenizers.Training;

/// <summary>A trained byte-level BPE vocabulary: end-of-text (id 0), the 256 bytes (ids 1-256), then one token a merge.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class BytePairVocabulary
{
    /// <summary>Name of the one special token, id 0, which begins and ends a text.</summary>
    public const string EndOfText = TextPiece.Separator;

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal BytePairVocabulary(IReadOnlyList<byte[]> tokens, IReadOnlyList<BytePairMerge> merges)
    {
        Tokens = tokens;
        Merges = merges;
    }

    /// <summary>Bytes of every token, by id; empty for end-of-text.</summary>
    public IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>The merges in order of rank.</summary>
    public IReadOnlyList<BytePairMerge> Merges { get; }

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> in the Hugging Face form.</summary>
    /// <param name="directory">An existing directory; files of these names are replaced.</param>
    /// <param name="maximumLength">Tokens the model's context holds.</param>
    public void Save(string directory, int maximumLength = 512)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        WriteFile(Path.Combine(directory, "tokenizer.json"), WriteTokenizer);
        WriteFile(Path.Combine(directory, "tokenizer_config.json"), json => WriteConfig(json, maximumLength));
    }

    private void WriteTokenizer(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        json.WriteStartObject();
        json.WriteNumber("id", 0);
        json.WriteString("content", EndOfText);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WriteByteLevel(json, "pre_tokenizer");
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var name in new[] { "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix" }) json.WriteNull(name);
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        json.WriteNumber(EndOfText, 0);
        for (var id = 1; id < Tokens.Count; id++) json.WriteNumber(ByteAlphabet.Text(Tokens[id]), id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right, _) in Merges)
            json.WriteStringValue($"{ByteAlphabet.Text(Tokens[left])} {ByteAlphabet.Text(Tokens[right])}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private static void WriteConfig(Utf8JsonWriter json, int maximumLength)
    {
        json.WriteStartObject();
        json.WriteBoolean("add_bos_token", true);
        json.WriteBoolean("add_prefix_space", false);
        json.WriteString("bos_token", EndOfText);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        json.WriteString("eos_token", EndOfText);
        json.WriteNumber("model_max_length", maximumLength);
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        json.WriteEndObject();
    }

    private static void WriteFile(string path, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented)) write(json);
        stream.WriteByte((byte)'\n');
        File.WriteAllBytes(path, stream.ToArray());
    }
}
