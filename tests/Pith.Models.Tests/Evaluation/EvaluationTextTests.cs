using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Evaluation;
using Pith.TestKit;
using ZstdSharp;

namespace Pith.Models.Tests.Evaluation;

public sealed class EvaluationTextTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-evaluation-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void FromText_NoOverlap_CutsBlocksOfBosAndTheRest() =>
        Assert.Equal(["^abc*1", "^def*1", "^gh*1"], Cut("abcdefgh", new() { Context = 4 }));

    [Fact]
    public void FromText_NoBos_FirstTokenOfEachBlockIsContext() =>
        Assert.Equal(["abcd*1", "efgh*1"], Cut("abcdefghi", new() { Context = 4 }, hasBos: false));

    // Window k begins at 2k; each scores what the window before it did not.
    [Fact]
    public void FromText_Stride_ScoresEveryTokenOnce()
    {
        Assert.Equal(["^abcd*1", "^cdef*3", "^efg*3"], Cut("abcdefg", new() { Context = 5, Stride = 2 }));
        Assert.Equal(["abcde*1", "cdefg*3"], Cut("abcdefg", new() { Context = 5, Stride = 2 }, hasBos: false));
    }

    [Fact]
    public void FromText_ByLine_StripsLinesAndDropsEmptyOnes() =>
        Assert.Equal(["^abcd*1", "^e f*1"], Cut("  ab \n\n \r\ncd\ne f", new() { Context = 5, ByLine = true }));

    [Fact]
    public void FromText_MaxTokens_CountsTokensOfTheText() =>
        Assert.Equal(["^abc*1", "^d*1"], Cut("abcdefgh", new() { Context = 4, MaxTokens = 4 }));

    [Theory]
    [InlineData(Whitespace.Keep, "a\n\n\tb  c")]
    [InlineData(Whitespace.CollapseNewlines, "a\n\tb  c")]
    [InlineData(Whitespace.Collapse, "a b c")]
    public void FromText_Whitespace_IsCollapsed(Whitespace whitespace, string expected) =>
        Assert.Equal([$"^{expected}*1"], Cut("a\n\n\tb  c", new() { Context = 20, Whitespace = whitespace }));

    [Fact]
    public void FromDocuments_LongOnes_AreCutBosIncluded()
    {
        var options = new EvaluationOptions { Context = 4, MaxDocuments = 3 };
        var windows = EvaluationText.FromDocuments(["abcdef", "", "gh", "ij"], LetterTokenizer.Bundle(), options);
        Assert.Equal(["^abc*1", "^gh*1"], windows.Select(Show));
        Assert.Equal([3, 2], windows.Select(window => window.Bytes));
    }

    [Fact]
    public void FromDocuments_MaxTokens_CutsTheLast()
    {
        var options = new EvaluationOptions { Context = 4, MaxTokens = 4 };
        var windows = EvaluationText.FromDocuments(["abcdef", "gh", "ij"], LetterTokenizer.Bundle(), options);
        Assert.Equal(["^abc*1", "^g*1"], windows.Select(Show));
    }

    [Theory]
    [InlineData("a.jsonl", false)]
    [InlineData("a.jsonl.zst", true)]
    public void Read_Documents_TakesTheFieldText(string name, bool isCompressed)
    {
        var path = File(name, "{\"id\":1,\"text\":\"a\\nb\"}\n\n{\"text\":\"cd\"}\r\n", isCompressed);
        var windows = EvaluationText.Read(path, LetterTokenizer.Bundle(), new EvaluationOptions { Context = 8 });
        Assert.Equal(["^a\nb*1", "^cd*1"], windows.Select(Show));
    }

    [Theory]
    [InlineData("a.txt", false)]
    [InlineData("a.txt.zst", true)]
    public void Read_Text_IsOneStream(string name, bool isCompressed)
    {
        var path = File(name, "ab\ncd", isCompressed);
        var windows = EvaluationText.Read(path, LetterTokenizer.Bundle(), new EvaluationOptions { Context = 8 });
        Assert.Equal(["^ab\ncd*1"], windows.Select(Show));
    }

    [Theory]
    [InlineData("{\"text\":1}", "expected an object with a string \"text\"")]
    [InlineData("[]", "expected an object with a string \"text\"")]
    [InlineData("{\"text\":", "")]
    [InlineData("{\"text\":\"\\ud800\"}", "")]
    public void Read_MalformedDocument_NamesFileAndLine(string line, string expected)
    {
        var path = File("a.jsonl", "{\"text\":\"x\"}\n" + line + "\n", isCompressed: false);
        var failure = Assert.Throws<PithException>(() => EvaluationText.Read(path, LetterTokenizer.Bundle(), new EvaluationOptions { Context = 8 }));
        Assert.Equal(ModelsErrors.BadText, failure.Error);
        Assert.Contains($"{path}, line 2: {expected}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotZstandard_IsACodedError()
    {
        var path = File("a.txt.zst", "plain text", isCompressed: false);
        var failure = Assert.Throws<PithException>(() => EvaluationText.Read(path, LetterTokenizer.Bundle(), new EvaluationOptions { Context = 8 }));
        Assert.Equal(ModelsErrors.BadText, failure.Error);
    }

    [Fact]
    public void Read_NoFileOrNoText_IsACodedError()
    {
        var options = new EvaluationOptions { Context = 8 };
        Assert.Equal(
            ModelsErrors.CannotReadText,
            Assert.Throws<PithException>(() => EvaluationText.Read(Path.Combine(folder, "none"), LetterTokenizer.Bundle(), options)).Error);
        Assert.Equal(
            ModelsErrors.NothingToScore,
            Assert.Throws<PithException>(() => EvaluationText.Read(File("empty", "", isCompressed: false), LetterTokenizer.Bundle(), options)).Error);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Refused(new() { Context = 1 });
        Refused(new() { Context = 4, Stride = 0 });
        Refused(new() { Context = 4, Stride = 4 });
        Refused(new() { Context = 4, MaxTokens = 0 });
        Refused(new() { Context = 4, MaxDocuments = 1 });
        RefusedForDocuments(new() { Context = 4, MaxDocuments = 0 });
        RefusedForDocuments(new() { Context = 4, Stride = 2 });
        RefusedForDocuments(new() { Context = 4, ByLine = true });

        static void Refused(EvaluationOptions options) =>
            Assert.Throws<ArgumentException>(() => EvaluationText.FromText("abc", LetterTokenizer.Bundle(), options));

        static void RefusedForDocuments(EvaluationOptions options) =>
            Assert.Throws<ArgumentException>(() => EvaluationText.FromDocuments(["abc"], LetterTokenizer.Bundle(), options));
    }

    private static IEnumerable<string> Cut(string text, EvaluationOptions options, bool hasBos = true) =>
        EvaluationText.FromText(text, LetterTokenizer.Bundle(hasBos), options).Select(Show);

    // The window's text with ^ for BOS, then the index of the first scored token.
    private static string Show(EvaluationWindow window) =>
        string.Concat(window.Tokens.ToArray().Select(token => token == 1 ? '^' : (char)(token - 3))) + "*" + window.FirstScored;

    private string File(string name, string text, bool isCompressed)
    {
        var path = Path.Combine(folder, name);
        using var compressor = new Compressor();
        var bytes = Encoding.UTF8.GetBytes(text);
        System.IO.File.WriteAllBytes(path, isCompressed ? compressor.Wrap(bytes).ToArray() : bytes);
        return path;
    }
}
