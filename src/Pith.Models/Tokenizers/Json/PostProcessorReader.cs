using System.Text.Json;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads which tokens the <c>post_processor</c> of a tokenizer.json puts around a text.</summary>
internal static class PostProcessorReader
{
    /// <summary>Names of the tokens before and after a single text; null where there is none.</summary>
    public static (string? First, string? Last) Read(JsonNode? node)
    {
        if (node is not { } present)
            return (null, null);
        switch (present.Type)
        {
            case "TemplateProcessing":
                return ReadTemplate(present);
            case "BertProcessing" or "RobertaProcessing":
                return (ReadPair(present.Optional("cls")), ReadPair(present.Optional("sep")));
            case "Sequence":
                foreach (var part in present.Required("processors").Items())
                {
                    var found = Read(part);
                    if (found != (null, null))
                        return found;
                }

                return (null, null);
            default:
                return (null, null);
        }
    }

    private static (string? First, string? Last) ReadTemplate(JsonNode node)
    {
        if (node.Optional("single") is not { Element.ValueKind: JsonValueKind.Array } single)
            return (null, null);
        var items = single.Items().Select(static item => item.Optional("SpecialToken")?.Optional("id")?.Text()).ToList();
        return items.Count == 0 ? (null, null) : (items[0], items.Count > 1 ? items[^1] : null);
    }

    private static string? ReadPair(JsonNode? node) =>
        node is { Element.ValueKind: JsonValueKind.Array } pair ? pair.Items().FirstOrDefault().Text() : null;
}
