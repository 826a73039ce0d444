using System.Text;
using CsCheck;
using Pith.Models.Tokenizers.Training;

namespace Pith.Models.Tests.Tokenizers.Training;

public sealed class TextPieceTests
{
    private static readonly string[] Lines = ["a", "b c", "", "<|endoftext|>", "<|endoftext|> ", "x<|endoftext|>"];

    [Fact]
    public void Read_Documents_AreSplitAtSeparatorLines()
    {
        var pieces = Read("one\n<|endoftext|>\ntwo <|endoftext|>\n<|endoftext|>\r\n\n<|endoftext|>");
        Assert.Equal([new TextPiece("one\n", true), new TextPiece("two <|endoftext|>\n", true), new TextPiece("\n", true)], pieces);
    }

    [Fact]
    public void Read_EmptyText_HasNoPieces() => Assert.Empty(Read(""));

    [Fact]
    public void Read_TextAfterTheLastSeparator_IsADocument() =>
        Assert.Equal([new TextPiece("a\n", true), new TextPiece("b", true)], Read("a\n<|endoftext|>\nb"));

    [Fact]
    public void Read_LongDocument_IsCutBeforeWhiteSpaceOnly()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 3_000_000; i++) text.Append("word ").Append(i).Append(i % 7 == 0 ? " \n\n  " : "  it's ");
        var pieces = Read(text.ToString());
        Assert.True(pieces.Count > 2);
        Assert.Equal(text.ToString(), string.Concat(pieces.Select(piece => piece.Text)));
        Assert.All(pieces.SkipLast(1), piece => Assert.False(piece.EndsDocument));
        Assert.True(pieces[^1].EndsDocument);
        foreach (var (left, right) in pieces.Zip(pieces.Skip(1)))
        {
            Assert.False(char.IsWhiteSpace(left.Text[^1]));
            Assert.True(char.IsWhiteSpace(right.Text[0]));
        }
    }

    [Fact]
    public void Read_LongLine_IsCutToo()
    {
        // No line end at all, and a text in it that would separate documents if it stood alone.
        var text = string.Concat(Enumerable.Repeat("many words <|endoftext|> ", 150_000));
        var pieces = Read(text);
        Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
        // A piece ends before the last space of about a million characters.
        Assert.InRange(pieces.Max(piece => piece.Text.Length), (1 << 20) - "many words <|endoftext|> ".Length, 3 << 20);
        Assert.Equal(1, pieces.Count(piece => piece.EndsDocument));
    }

    [Fact]
    public void Read_AnyLines_KeepsAllOtherText() =>
        Gen.Int[0, Lines.Length - 1].Select(i => Lines[i]).List[0, 8].Sample(lines =>
        {
            var pieces = Read(string.Concat(lines.Select(line => line + "\n")));
            Assert.Equal(
                string.Concat(lines.Where(line => line != "<|endoftext|>").Select(line => line + "\n")),
                string.Concat(pieces.Select(piece => piece.Text)));
            var documents = lines.Count(line => line == "<|endoftext|>") + (lines.Count > 0 && lines[^1] != "<|endoftext|>" ? 1 : 0);
            Assert.Equal(documents, pieces.Count(piece => piece.EndsDocument));
        });

    private static List<TextPiece> Read(string text) => [.. TextPiece.Read(new StringReader(text), TestContext.Current.CancellationToken)];
}
