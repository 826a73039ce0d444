using CsCheck;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tests.Tokenizers.Splitting;

public sealed class WordScannerTests
{
    private static readonly string[] s_patterns =
    [
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ];

    // What the patterns tell apart, often enough to meet one another; the last three lie above U+FFFF.
    private static readonly Gen<string> s_texts = Gen.OneOf(new[]
        {
            " ", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "'", "'", "s", "S", "t", "re", "VE", "ll", "d", "a", "é", "你", "1", "22", "²", "Ⅷ",
            ".", "!?", "(", "\u0301", "🦙", "𝐀", "𝟙",
        }.Select(Gen.Const).ToArray())
        .Array[0, 20].Select(string.Concat);

    public static TheoryData<int> Patterns => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Scanner_AnyText_CutsAsItsPattern(int index)
    {
        var scanner = WordScanner.ForPattern(s_patterns[index])!;
        var pattern = new PatternStage(PatternStage.Parse(s_patterns[index], "test"), SplitBehavior.Isolated, invert: false);
        s_texts.Sample(text => Assert.Equal(Pieces(pattern, text), Pieces(new ScannerStage(scanner), text)));
    }

    [Fact]
    public void Gpt2_Sentence_IsCutAsPublished() => Assert.Equal(
        ["He", "'s", " 22", ",", " isn", "'t", " he", "?!", "  ", " \n"],
        Pieces(new ScannerStage(WordScanner.Gpt2), "He's 22, isn't he?!   \n").Aggregate(new List<string>(), static (pieces, piece) =>
        {
            // White space at the end is one piece; it is shown cut here to keep the example readable.
            pieces.AddRange(string.IsNullOrWhiteSpace(piece) ? [piece[..2], piece[2..]] : [piece]);
            return pieces;
        }));

    [Fact]
    public void ForPattern_UnknownPattern_IsNull() => Assert.Null(WordScanner.ForPattern(@"\w+"));

    private static List<string> Pieces(SplitStage stage, string text)
    {
        var sink = new Sink();
        if (text.Length > 0)
            stage.Split(text, true, sink);
        return sink.Pieces;
    }

    private sealed class Sink : IPieceSink
    {
        public List<string> Pieces { get; } = [];

        public void Accept(ReadOnlySpan<char> piece, bool first) => Pieces.Add(piece.ToString());
    }
}
