using System.Collections;
using System.Globalization;

namespace Pith.Models.Tokenizers.Unicode;

/// <summary>Decompositions, compositions and combining classes of all code points.</summary>
/// <remarks>Read once from the table beside this file. Immutable and thread-safe.</remarks>
internal sealed class NormalizationData
{
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _compositions = [];
    private readonly Dictionary<int, byte> _classes = [];

    // Planes 0-2; the planes above hold nothing that normalization touches.
    private readonly BitArray _touched = new(0x30000);

    private NormalizationData()
    {
        // Vowels and trailing consonants of Hangul compose with what is before them.
        for (var at = 0x1161; at <= 0x11C2; at++)
            _touched[at] = true;
        using var stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("Pith.Models.normalization.txt")
            ?? throw new InvalidOperationException("The normalization table is not in the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            Read(line.Split(' '));
    }

    /// <summary>The only instance; built on first use.</summary>
    public static NormalizationData Instance { get; } = new();

    /// <summary>The canonical combining class; 0 for starters.</summary>
    public byte CombiningClass(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>One step of decomposition; null when the code point stands for itself.</summary>
    /// <param name="codePoint">A code point that is no Hangul syllable.</param>
    /// <param name="compatible">Whether compatibility decompositions count.</param>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        _canonical.GetValueOrDefault(codePoint) ?? (compatible ? _compatible.GetValueOrDefault(codePoint) : null);

    /// <summary>The primary composite of two code points; -1 when there is none.</summary>
    public int Composition(int first, int second) => _compositions.GetValueOrDefault((first, second), -1);

    /// <summary>Whether NFC may change or reorder the code point: it decomposes for good, follows in a composition, or is a
    /// combining mark.</summary>
    public bool IsTouchedByComposing(int codePoint) => codePoint < _touched.Length && _touched[codePoint];

    private void Read(string[] fields)
    {
        switch (fields[0])
        {
            case "class":
                for (var at = Hex(fields[1]); at <= Hex(fields[2]); at++)
                {
                    _classes[at] = byte.Parse(fields[3], CultureInfo.InvariantCulture);
                    _touched[at] = true;
                }

                break;
            case "pair":
                _canonical[Hex(fields[1])] = [Hex(fields[2]), Hex(fields[3])];
                _compositions[(Hex(fields[2]), Hex(fields[3]))] = Hex(fields[1]);
                _touched[Hex(fields[3])] = true;
                break;
            case "only":
                _canonical[Hex(fields[1])] = [.. fields.Skip(2).Select(Hex)];
                _touched[Hex(fields[1])] = true;
                break;
            case "like":
                _compatible[Hex(fields[1])] = [.. fields.Skip(2).Select(Hex)];
                break;
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
