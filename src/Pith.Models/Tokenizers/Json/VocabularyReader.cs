using System.Text.Json;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads an object of ids by token.</summary>
internal static class VocabularyReader
{
    /// <summary>Reads the object.</summary>
    public static Vocabulary Read(JsonNode node)
    {
        if (node.Element.ValueKind != JsonValueKind.Object)
            throw node.Malformed($"expected an object of ids by token, found {node.Element.ValueKind}");
        var vocabulary = new Vocabulary(node.File);
        foreach (var property in node.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var id))
                throw node.Malformed($"expected the id of '{Vocabulary.Shorten(property.Name)}' to be an integer");
            vocabulary.Add(property.Name, id);
        }

        return vocabulary;
    }
}
