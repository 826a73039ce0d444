using System.Globalization;
using Pith.TestKit;

namespace Pith.Models.Tests.Tokenizers;

/// <summary>The tokenizer cases of llama.cpp: texts and the ids which the original tokenizers give them.</summary>
internal static class LlamaCppCases
{
    /// <summary>The cases of one vocabulary; skips the test where they are absent.</summary>
    public static IReadOnlyList<(string Text, int[] Ids)> Read(string name)
    {
        var texts = SharedData.ReadText($"lm/tokenizers/cases/ggml-vocab-{name}.gguf.inp").Split("\n__ggml_vocab_test__\n");
        var lines = SharedData.ReadText($"lm/tokenizers/cases/ggml-vocab-{name}.gguf.out").Split('\n');
        
        // The file ends with a separator, after which there is no case.
        return [.. texts[..^1].Zip(lines, static (text, line) => (text, Ids(line)))];
    }

    private static int[] Ids(string line) =>
    [
        .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];
}
