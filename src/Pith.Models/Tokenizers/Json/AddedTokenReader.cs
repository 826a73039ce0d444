using System.Text;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>added_tokens</c> of a tokenizer.json.</summary>
internal static class AddedTokenReader
{
    /// <summary>Reads the tokens, adds those to the vocabulary that it lacks, and corrects what they decode to.</summary>
    /// <param name="node">The array; null for none.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="entries">Bytes by id; special tokens become empty.</param>
    public static List<AddedToken> Read(JsonNode? node, Vocabulary vocabulary, List<byte[]?> entries)
    {
        var tokens = new List<AddedToken>();
        if (node is not { } present)
            return tokens;
        foreach (var item in present.Items())
        {
            var token = ReadOne(item);
            if (!vocabulary.Ids.TryGetValue(token.Content, out var id) || id != token.Id)
                vocabulary.Add(token.Content, token.Id);
            while (entries.Count <= token.Id)
                entries.Add(null);
            entries[token.Id] = token.IsSpecial ? null : Encoding.UTF8.GetBytes(token.Content);
            tokens.Add(token);
        }

        return tokens;
    }

    private static AddedToken ReadOne(JsonNode node)
    {
        var content = node.Required("content").Text();
        if (content.Length == 0)
            throw node.Malformed("the token is empty");
        var special = node.Flag("special", false);
        return new AddedToken(
            node.Required("id").Integer(),
            content,
            special,
            node.Flag("normalized", !special),
            node.Flag("lstrip", false),
            node.Flag("rstrip", false),
            node.Flag("single_word", false));
    }
}
