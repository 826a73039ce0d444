namespace Pith.Fuzz;

/// <summary>Damages files at random: what there is where no coverage-guided fuzzer is installed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private const int MostChanges = 4;
    private const int LongestCut = 64;

    private static readonly byte[][] Words =
    [
        [.. "\\ud800"u8], [.. "1e999"u8], [.. "-1"u8], [.. "9223372036854775807"u8], [.. "null"u8], [.. "[[[["u8], [.. "{"u8], [.. "\""u8],
        [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0xC0, 0x7F],
    ];

    private readonly Random random = new(seed);

    /// <summary>The next damaged file.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var left = random.Next(1, MostChanges + 1); left > 0; left--)
            Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = bytes.Count == 0 ? 0 : Place(bytes.Count);
        switch (random.Next(5))
        {
            case 0 when bytes.Count > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(random.Next(LongestCut), bytes.Count - at));
                break;
            case 3:
                var other = seeds[random.Next(seeds.Count)];
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(LongestCut), other.Length - from)).ToArray());
                break;
            default:
                var word = Words[random.Next(Words.Length)];
                if (random.Next(2) == 0)
                    bytes.RemoveRange(at, Math.Min(word.Length, bytes.Count - at));
                bytes.InsertRange(at, word);
                break;
        }
    }

    // Half of the changes near the start, where files keep their structure.
    private int Place(int count) => random.Next(2) == 0 ? random.Next(count) : random.Next(Math.Min(count, 512));
}
