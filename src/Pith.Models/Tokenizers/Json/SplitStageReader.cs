using System.Text;
using System.Text.RegularExpressions;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class SplitStageReader
{
    private static readonly Dictionary<string, SplitBehavior> s_behaviors = new(StringComparer.Ordinal)
    {
        ["Isolated"] = SplitBehavior.Isolated,
        ["Removed"] = SplitBehavior.Removed,
        ["MergedWithPrevious"] = SplitBehavior.MergedWithPrevious,
        ["MergedWithNext"] = SplitBehavior.MergedWithNext,
        ["Contiguous"] = SplitBehavior.Contiguous,
    };

    private static readonly Dictionary<string, MetaspacePrefix> s_prefixes = new(StringComparer.Ordinal)
    {
        ["always"] = MetaspacePrefix.Always,
        ["first"] = MetaspacePrefix.First,
        ["never"] = MetaspacePrefix.Never,
    };

    private static readonly Dictionary<string, Func<JsonNode, bool, SplitStage[]>> s_kinds = new(StringComparer.Ordinal)
    {
        ["ByteLevel"] = (node, last) =>
        [
            new ByteLevelStage(node.Flag("add_prefix_space", true), node.Flag("use_regex", true), map: !last),
        ],
        ["Split"] = (node, _) => [ReadSplit(node)],
        ["Digits"] = (node, _) =>
        [
            new RuneStage(
                CharacterClasses.IsNumeric,
                node.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        ],
        ["Punctuation"] = (node, _) => [new RuneStage(CharacterClasses.IsPunctuation, Behavior(node))],
        ["Whitespace"] = (node, _) =>
        [
            new PatternStage(PatternStage.Parse(@"\w+|[^\w\s]+", node.File), SplitBehavior.Removed, invert: true),
        ],
        ["WhitespaceSplit"] = (_, _) => [new RuneStage(Rune.IsWhiteSpace, SplitBehavior.Removed)],
        ["BertPreTokenizer"] = (_, _) =>
        [
            new RuneStage(Rune.IsWhiteSpace, SplitBehavior.Removed),
            new RuneStage(CharacterClasses.IsPunctuation, SplitBehavior.Isolated),
        ],
        ["Metaspace"] = (node, _) => [ReadMetaspace(node)],
    };

    /// <summary>Reads the stages.</summary>
    /// <param name="node">The value; null for none.</param>
    /// <param name="byteLevel">Whether some stage turns text into the byte alphabet.</param>
    /// <param name="mapped">Whether pieces reach the model in the byte alphabet.</param>
    public static List<SplitStage> Read(JsonNode? node, out bool byteLevel, out bool mapped)
    {
        var nodes = new List<JsonNode>();
        if (node is { } present)
            Flatten(present, nodes);
        var stages = new List<SplitStage>();
        byteLevel = nodes.Exists(static part => part.Type == "ByteLevel");
        mapped = byteLevel && nodes[^1].Type != "ByteLevel";
        for (var i = 0; i < nodes.Count; i++)
            stages.AddRange(s_kinds[nodes[i].Type](nodes[i], i == nodes.Count - 1));
        return stages;
    }

    private static void Flatten(JsonNode node, List<JsonNode> nodes)
    {
        if (node.Type == "Sequence")
        {
            foreach (var part in node.Required("pretokenizers").Items())
                Flatten(part, nodes);
            return;
        }

        if (!s_kinds.ContainsKey(node.Type))
            throw node.Unknown(string.Join(", ", s_kinds.Keys) + ", Sequence");
        nodes.Add(node);
        if (nodes.Count > TokenizerLimits.MaxStages)
            throw node.Malformed($"at most {TokenizerLimits.MaxStages} pre-tokenizers are read");
    }

    private static SplitStage ReadSplit(JsonNode node)
    {
        var pattern = node.Required("pattern");
        var behavior = Behavior(node);
        var invert = node.Flag("invert", false);
        if (pattern.Optional("String")?.Text() is { } text)
        {
            return text.Length == 0
                ? throw pattern.Malformed("the text to split at is empty")
                : new PatternStage(PatternStage.Parse(Regex.Escape(text), node.File), behavior, invert);
        }

        var source = pattern.Required("Regex").Text();
        var keepsMatches = behavior == SplitBehavior.Isolated || (behavior == SplitBehavior.Removed && invert);
        if (keepsMatches && WordScanner.ForPattern(source) is { } scanner)
            return new ScannerStage(scanner);
        return new PatternStage(PatternStage.Parse(source, node.File), behavior, invert);
    }

    private static SplitBehavior Behavior(JsonNode node)
    {
        if (node.Optional("behavior") is not { } behavior)
            return SplitBehavior.Isolated;
        return s_behaviors.TryGetValue(behavior.Text(), out var value)
            ? value
            : throw behavior.Malformed($"expected one of {string.Join(", ", s_behaviors.Keys)}");
    }

    private static MetaspaceStage ReadMetaspace(JsonNode node)
    {
        var replacement = node.Optional("replacement")?.Text() ?? "\u2581";
        if (replacement.Length != 1)
            throw node.Malformed("expected a replacement of one character");
        var prefix = node.Flag("add_prefix_space", true) ? MetaspacePrefix.Always : MetaspacePrefix.Never;
        if (node.Optional("prepend_scheme") is { } scheme && !s_prefixes.TryGetValue(scheme.Text(), out prefix))
            throw scheme.Malformed($"expected one of {string.Join(", ", s_prefixes.Keys)}");
        return new MetaspaceStage(replacement[0], prefix, node.Flag("split", true));
    }
}
