using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Normalizing;
using Pith.Models.Tokenizers.SentencePiece;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    private static readonly Dictionary<string, Func<JsonNode, Normalizer>> s_kinds = new(StringComparer.Ordinal)
    {
        ["NFC"] = _ => Form(NormalizationForm.FormC),
        ["NFD"] = _ => Form(NormalizationForm.FormD),
        ["NFKC"] = _ => Form(NormalizationForm.FormKC),
        ["NFKD"] = _ => Form(NormalizationForm.FormKD),
        ["Lowercase"] = _ => new FunctionNormalizer(TextRewrites.Lowercase),
        ["StripAccents"] = _ => new FunctionNormalizer(static text => TextRewrites.StripAccents(text, allMarks: true)),
        ["Strip"] = ReadStrip,
        ["Prepend"] = ReadPrepend,
        ["Replace"] = ReadReplace,
        ["Precompiled"] = ReadPrecompiled,
        ["BertNormalizer"] = node => new BertNormalizer(
            node.Flag("clean_text", true),
            node.Flag("handle_chinese_chars", true),
            node.Optional("strip_accents")?.Flag(),
            node.Flag("lowercase", true)),
    };

    /// <summary>Reads one normalizer; null when there is none.</summary>
    public static Normalizer? Read(JsonNode? node)
    {
        if (node is not { } present)
            return null;
        var parts = new List<Normalizer>();
        Read(present, parts);
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new SequenceNormalizer(parts) };
    }

    private static void Read(JsonNode node, List<Normalizer> parts)
    {
        if (node.Type == "Sequence")
        {
            foreach (var part in node.Required("normalizers").Items())
                Read(part, parts);
            return;
        }

        if (!s_kinds.TryGetValue(node.Type, out var read))
            throw node.Unknown(string.Join(", ", s_kinds.Keys) + ", Sequence");
        parts.Add(read(node));
        if (parts.Count > TokenizerLimits.MaxStages)
            throw node.Malformed($"at most {TokenizerLimits.MaxStages} normalizers are read");
    }

    private static FunctionNormalizer Form(NormalizationForm form) => new(text => TextRewrites.Normalize(text, form));

    private static FunctionNormalizer ReadStrip(JsonNode node)
    {
        var left = node.Flag("strip_left", true);
        var right = node.Flag("strip_right", true);
        return new FunctionNormalizer(text =>
        {
            text = left ? text.TrimStart() : text;
            return right ? text.TrimEnd() : text;
        });
    }

    private static FunctionNormalizer ReadPrepend(JsonNode node)
    {
        var prefix = node.Required("prepend").Text();
        return new FunctionNormalizer(text => text.Length == 0 ? text : prefix + text);
    }

    private static FunctionNormalizer ReadPrecompiled(JsonNode node)
    {
        var text = node.Required("precompiled_charsmap");
        if (!text.Element.TryGetBytesFromBase64(out var bytes))
            throw text.Malformed("expected base64");
        return bytes.Length == 0
            ? new FunctionNormalizer(static text => text)
            : new FunctionNormalizer(new CharacterMap(bytes, node.File).Apply);
    }

    private static FunctionNormalizer ReadReplace(JsonNode node)
    {
        var pattern = node.Required("pattern");
        var content = node.Required("content").Text();
        if (pattern.Optional("String")?.Text() is { } text)
        {
            return text.Length == 0
                ? throw pattern.Malformed("the text to replace is empty")
                : new FunctionNormalizer(source => source.Replace(text, content, StringComparison.Ordinal));
        }

        var regex = PatternStage.Parse(pattern.Required("Regex").Text(), node.File);
        return new FunctionNormalizer(source =>
        {
            try
            {
                return regex.Replace(source, _ => content);
            }
            catch (System.Text.RegularExpressions.RegexMatchTimeoutException exception)
            {
                throw new PithException(
                    ModelsErrors.TokenizerPatternInvalid,
                    $"The pattern '{exception.Pattern}' took over {exception.MatchTimeout.TotalSeconds:0} s to match.",
                    inner: exception);
            }
        });
    }
}
