namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecodeRuleReader
{
    private static readonly Dictionary<string, Action<JsonNode, DecodeRule>> s_kinds = new(StringComparer.Ordinal)
    {
        ["ByteLevel"] = (_, rule) => rule.IsByteLevel = true,
        ["ByteFallback"] = (_, rule) => rule.HasByteFallback = true,
        ["Fuse"] = (_, _) => { },
        ["Replace"] = ReadReplace,
        ["Strip"] = ReadStrip,
        ["Metaspace"] = ReadMetaspace,
        ["WordPiece"] = (node, rule) =>
        {
            rule.ContinuationPrefix = node.Optional("prefix")?.Text() ?? "##";
            rule.IsCleaned = node.Flag("cleanup", true);
            rule.LeadingSpaces = 1;
        },
    };

    /// <summary>Reads the decoder.</summary>
    public static DecodeRule Read(JsonNode? node)
    {
        var rule = new DecodeRule();
        if (node is { } present)
            Read(present, rule, 0);
        else
            (rule.IsSpaced, rule.LeadingSpaces) = (true, 1);
        return rule;
    }

    private static void Read(JsonNode node, DecodeRule rule, int count)
    {
        if (node.Type == "Sequence")
        {
            foreach (var part in node.Required("decoders").Items())
                Read(part, rule, ++count);
            return;
        }

        if (count > TokenizerLimits.MaxStages)
            throw node.Malformed($"at most {TokenizerLimits.MaxStages} decoders are read");
        if (!s_kinds.TryGetValue(node.Type, out var read))
            throw node.Unknown(string.Join(", ", s_kinds.Keys) + ", Sequence");
        read(node, rule);
    }

    private static void ReadReplace(JsonNode node, DecodeRule rule)
    {
        var from = node.Required("pattern").Required("String").Text();
        if (from.Length == 0)
            throw node.Malformed("the text to replace is empty");
        rule.Replacements.Add((from, node.Required("content").Text()));
    }

    private static void ReadStrip(JsonNode node, DecodeRule rule)
    {
        var content = node.Required("content").Text();
        if (content != " " || (node.Optional("stop")?.Integer() ?? 0) != 0)
            throw node.Malformed("only spaces at the start can be stripped");
        rule.LeadingSpaces = Math.Clamp(node.Optional("start")?.Integer() ?? 0, 0, TokenizerLimits.MaxTokenBytes);
    }

    private static void ReadMetaspace(JsonNode node, DecodeRule rule)
    {
        var replacement = node.Optional("replacement")?.Text() ?? "\u2581";
        if (replacement.Length == 0)
            throw node.Malformed("the replacement is empty");
        rule.Replacements.Add((replacement, " "));
        var never = node.Optional("prepend_scheme")?.Text() == "never"
            || (node.Optional("prepend_scheme") is null && !node.Flag("add_prefix_space", true));
        rule.LeadingSpaces = never ? 0 : 1;
    }
}
