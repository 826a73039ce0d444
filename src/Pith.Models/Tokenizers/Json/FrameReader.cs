using System.Text.Json;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads what the <c>post_processor</c> of a tokenizer.json puts around texts and pairs of texts.</summary>
internal static class FrameReader
{
    /// <summary>The frame; null where the file has none, or names tokens which the vocabulary lacks.</summary>
    public static TextFrame? Read(JsonNode? node, Vocabulary vocabulary)
    {
        if (node is not { } present)
            return null;
        switch (present.Type)
        {
            case "TemplateProcessing":
                return Parts(present.Optional("single"), vocabulary) is { } single && Parts(present.Optional("pair"), vocabulary) is { } pair
                    && Has(single, 0) && Has(pair, 0) && Has(pair, 1) && !Has(single, 1)
                        ? new TextFrame(single, pair)
                        : null;
            case "BertProcessing" or "RobertaProcessing":
                return Id(present.Optional("cls"), vocabulary) is { } first && Id(present.Optional("sep"), vocabulary) is { } separator
                    ? present.Type == "BertProcessing" ? TextFrame.Bert(first, separator) : TextFrame.Roberta(first, separator)
                    : null;
            case "Sequence":
                return present.Required("processors").Items().Select(part => Read(part, vocabulary)).FirstOrDefault(frame => frame is not null);
            default:
                return null;
        }
    }

    private static bool Has(List<FramePart> parts, int text) => parts.Exists(part => part.Token is null && part.Text == text);

    private static List<FramePart>? Parts(JsonNode? node, Vocabulary vocabulary)
    {
        if (node is not { Element.ValueKind: JsonValueKind.Array } items)
            return null;
        var parts = new List<FramePart>();
        foreach (var item in items.Items())
        {
            if (Part(item, vocabulary) is not { } part)
                return null;
            parts.Add(part);
        }

        return parts;
    }

    private static FramePart? Part(JsonNode item, Vocabulary vocabulary)
    {
        if (item.Optional("SpecialToken") is { } special)
        {
            return Type(special) is { } type && special.Optional("id")?.Text() is { } name && vocabulary.Ids.TryGetValue(name, out var id)
                ? new FramePart(id, 0, type)
                : null;
        }

        return item.Optional("Sequence") is { } sequence && Type(sequence) is { } segment
            ? sequence.Optional("id")?.Text() switch { "A" => new FramePart(null, 0, segment), "B" => new FramePart(null, 1, segment), _ => null }
            : null;
    }

    private static int? Type(JsonNode node) => (node.Optional("type_id")?.Integer() ?? 0) is var type and (0 or 1) ? type : null;

    private static int? Id(JsonNode? node, Vocabulary vocabulary) =>
        node is { Element.ValueKind: JsonValueKind.Array } pair && pair.Items().FirstOrDefault() is { Element.ValueKind: JsonValueKind.String } name
            && vocabulary.Ids.TryGetValue(name.Text(), out var id)
                ? id
                : null;
}
