using Pith.Models.Llama;

namespace Pith.Tune.Pretraining;

/// <summary>The sizes of the bundled family: one recipe, head width 32, context 512, tied head.</summary>
public static class PithSizes
{
    private static readonly (string Name, int Width, int Layers, int Intermediate)[] Table =
    [
        ("pith-0.45m", 64, 4, 176),
        ("pith-0.85m", 96, 4, 256),
        ("pith-1.7m", 128, 6, 352),
        ("pith-3.4m", 192, 6, 512),
    ];

    /// <summary>Names, smallest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The dimensions of a size.</summary>
    /// <exception cref="ArgumentException">No size of that name.</exception>
    public static LlamaConfig Of(string name, int vocabularySize)
    {
        var row = Array.Find(Table, row => string.Equals(row.Name, name, StringComparison.Ordinal));
        if (row.Name is null) throw new ArgumentException($"No size '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        return Custom(row.Width, row.Layers, row.Intermediate, vocabularySize);
    }

    /// <summary>Other dimensions in the family's style.</summary>
    /// <param name="width">A multiple of <paramref name="headSize"/>.</param>
    /// <param name="layers">Blocks.</param>
    /// <param name="intermediate">Width of the MLP.</param>
    /// <param name="vocabularySize">Tokens of the tokenizer.</param>
    /// <param name="headSize">Width of a head, even.</param>
    /// <param name="contextLength">Tokens of context.</param>
    public static LlamaConfig Custom(int width, int layers, int intermediate, int vocabularySize, int headSize = 32, int contextLength = 512)
    {
        foreach (var size in new[] { width, layers, intermediate, vocabularySize, headSize, contextLength })
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (headSize % 2 != 0) throw new ArgumentException($"Rotary positions need an even head width, not {headSize}.", nameof(headSize));
        if (width % headSize != 0) throw new ArgumentException($"The width {width} is no multiple of the head width {headSize}.", nameof(width));
        return new LlamaConfig
        {
            ModelType = "llama",
            VocabularySize = vocabularySize,
            HiddenSize = width,
            IntermediateSize = intermediate,
            Layers = layers,
            Heads = width / headSize,
            KvHeads = width / headSize,
            HeadSize = headSize,
            ContextLength = contextLength,
            IsHeadTied = true,
        };
    }
}
