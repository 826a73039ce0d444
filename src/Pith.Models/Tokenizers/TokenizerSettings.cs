using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Json;

namespace Pith.Models.Tokenizers;

/// <summary>What the settings files of a model directory say about its tokenizer.</summary>
internal sealed record TokenizerSettings
{
    /// <summary>The settings files, in the order in which they are believed.</summary>
    private static readonly string[] s_names =
        ["tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "config.json"];

    /// <summary>What is said of the tokens that begin and end a text.</summary>
    public SpecialTokenHints Hints { get; private init; } = new();

    /// <summary>Text of the BOS token.</summary>
    public string? BosToken { get; private init; }

    /// <summary>Text of the EOS token.</summary>
    public string? EosToken { get; private init; }

    /// <summary>All ids that are said to end a text.</summary>
    public IReadOnlyList<int> EosIds { get; private init; } = [];

    /// <summary>Whether texts begin with BOS; null when nothing is said.</summary>
    public bool? AddsBos { get; private init; }

    /// <summary>Whether BERT's vocabulary is of lower-cased words; null when nothing is said.</summary>
    public bool? LowersCase { get; private init; }

    /// <summary>The chat template.</summary>
    public string? ChatTemplate { get; private init; }

    /// <summary>The settings files of the tokenizer alone that were found (not those of the model).</summary>
    public IReadOnlyList<string> Files { get; private init; } = [];

    /// <summary>Reads what is there.</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="PithException">A file is malformed or passes a limit.</exception>
    public static TokenizerSettings Read(string directory)
    {
        var settings = new TokenizerSettings();
        foreach (var name in s_names)
        {
            var path = Path.Combine(directory, name);
            if (!File.Exists(path))
                continue;
            settings = JsonNode.Read(TokenizerFile.ReadSettings(path), path, settings.With);
            if (name is "tokenizer_config.json" or "special_tokens_map.json")
                settings = settings with { Files = [.. settings.Files, path] };
        }

        var template = Path.Combine(directory, "chat_template.jinja");
        return File.Exists(template)
            ? settings with
            {
                ChatTemplate = System.Text.Encoding.UTF8.GetString(TokenizerFile.ReadSettings(template)),
                Files = [.. settings.Files, template],
            }
            : settings;
    }

    private TokenizerSettings With(JsonNode node)
    {
        var hints = Hints;
        var (bos, hasNoBos) = Token(node, "bos_token");
        var (eos, hasNoEos) = Token(node, "eos_token");
        var eosIds = Ids(node, "eos_token_id");
        hints = hints with
        {
            Bos = hints.Bos ?? bos,
            HasNoBos = hints.HasNoBos || (hasNoBos && hints.Bos is null),
            BosId = hints.BosId ?? (Ids(node, "bos_token_id") is [var id, ..] ? id : null),
            Eos = hints.Eos ?? eos,
            HasNoEos = hints.HasNoEos || (hasNoEos && hints.Eos is null),
            EosId = hints.EosId ?? (eosIds is [var eosId, ..] ? eosId : null),
        };
        return this with
        {
            Hints = hints,
            BosToken = BosToken ?? bos,
            EosToken = EosToken ?? eos,
            EosIds = [.. EosIds.Union(eosIds)],
            AddsBos = AddsBos ?? Flag(node, "add_bos_token"),
            LowersCase = LowersCase ?? Flag(node, "do_lower_case"),
            ChatTemplate = ChatTemplate ?? Template(node),
        };
    }

    private static bool? Flag(JsonNode node, string name) => node.Optional(name)?.Flag();

    private static (string? Text, bool IsNone) Token(JsonNode node, string name)
    {
        if (node.Optional(name) is not { } token)
            return (null, node.Element.TryGetProperty(name, out _));
        return (token.Element.ValueKind == JsonValueKind.Object ? token.Required("content").Text() : token.Text(), false);
    }

    private static List<int> Ids(JsonNode node, string name)
    {
        if (node.Optional(name) is not { } ids)
            return [];
        return ids.Element.ValueKind == JsonValueKind.Array
            ? [.. ids.Items().Select(static id => id.Integer())]
            : [ids.Integer()];
    }

    private static string? Template(JsonNode node)
    {
        if (node.Optional("chat_template") is not { } template)
            return null;
        if (template.Element.ValueKind != JsonValueKind.Array)
            return template.Text();

        // Several named templates: the one named "default" is for chats without tools.
        foreach (var item in template.Items())
        {
            if (item.Required("name").Text() == "default")
                return item.Required("template").Text();
        }

        return null;
    }
}
