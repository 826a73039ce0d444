using System.Text.Json;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Reads back what <see cref="BytePairVocabulary.Save"/> wrote.</summary>
public static class BytePairVocabularyReader
{
    /// <summary>Reads <c>tokenizer.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is not a file of <see cref="BytePairVocabulary.Save"/>.</exception>
    public static BytePairVocabulary Read(string directory)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "tokenizer.json")));
        var model = document.RootElement.GetProperty("model");
        var bytes = Enumerable.Range(0, 256).ToDictionary(value => ByteLevelAlphabet.Write([(byte)value])[0], value => (byte)value);
        var ids = model.GetProperty("vocab").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
        var tokens = new byte[ids.Count][];
        foreach (var (text, id) in ids)
            tokens[id] = id == 0 ? [] : [.. text.Select(c => bytes[c])];
        var merges = model.GetProperty("merges").EnumerateArray().Select(merge =>
        {
            if (merge.GetString()?.Split(' ') is not [var left, var right]) throw new InvalidDataException($"Not a merge: {merge}");
            return new BytePairMerge(ids[left], ids[right], ids[left + right]);
        });
        return new BytePairVocabulary(tokens, [.. merges]);
    }
}
