using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.Models.Evaluation.Classification;
using Pith.Models.Tests.Checkpoints;

namespace Pith.Models.Tests.Evaluation.Classification;

public sealed class LabeledFileTests : IDisposable
{
    private static readonly string[] s_labels = ["NEGATIVE", "POSITIVE"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Objects_TakeTextPairAndLabelByTheUsualNames()
    {
        var path = _folder.Write("texts.jsonl", """
            {"text": "a", "label": 1, "idx": 0}

            {"sentence": "b", "label": "positive"}
            {"sentence1": "c", "sentence2": "d", "label": "0"}
            {"premise": "e", "hypothesis": "f", "label": "NEGATIVE"}
            {"question": "g", "sentence": "h", "label": 0}
            {"text": "i", "text_pair": null, "label": 0}
            """);
        Assert.Equal(
            [
                new LabeledText(new TextPair("a"), 1, 1), new LabeledText(new TextPair("b"), 1, 3), new LabeledText(new TextPair("c", "d"), 0, 4),
                new LabeledText(new TextPair("e", "f"), 0, 5), new LabeledText(new TextPair("g", "h"), 0, 6), new LabeledText(new TextPair("i"), 0, 7),
            ],
            LabeledFile.Read(path, s_labels, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(2, LabeledFile.Read(path, s_labels, 2, TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void Read_Table_TakesTheColumnsOfItsFirstLine()
    {
        var path = _folder.Write("texts.tsv", "index\tquestion1\tquestion2\tlabel\r\n0\tone \"a\tb\"\t1\r\n1\tx\t\t0\n");
        Assert.Equal(
            [new LabeledText(new TextPair("one \"a", "b\""), 1, 2), new LabeledText(new TextPair("x", ""), 0, 3)],
            LabeledFile.Read(path, s_labels, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Read_NamesThatAreNumbers_WinOverIndices()
    {
        var path = _folder.Write("texts.jsonl", """{"text": "a", "label": 1}""");
        Assert.Equal(0, LabeledFile.Read(path, ["1", "0"], cancellation: TestContext.Current.CancellationToken)[0].Label);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"label\": 0}\n{\"text\": \"a\"}", "line 2: expected a field \"label\"")]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"label\": 2}", "line 1: expected \"label\" to be NEGATIVE, POSITIVE or 0 to 1, found 2")]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"label\": -1}", "found -1")]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"label\": true}", "\"label\" to be a string or a number, found True")]
    [InlineData("a.jsonl", "{\"words\": \"a\", \"label\": 0}", "line 1: expected one of the fields text with text_pair")]
    [InlineData("a.jsonl", "[1]", "line 1: expected an object")]
    [InlineData("a.jsonl", "{", "line 1: expected JSON")]
    [InlineData("a.jsonl", "{\"text\": \"\\ud800\", \"label\": 0}", "line 1: expected JSON")]
    [InlineData("a.tsv", "sentence\tlabel\nx\t0\ny\n", "line 3: expected 2 columns as in the first line, found 1")]
    [InlineData("a.tsv", "sentence\tvalue\nx\t0\n", "line 2: expected a field \"label\"")]
    public void Read_BadLine_IsNamedByItsNumber(string name, string content, string expected)
    {
        var failure = Assert.Throws<PithException>(() => LabeledFile.Read(_folder.Write(name, content), s_labels, cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.BadLabeledText, failure.Error);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl", "\n")]
    [InlineData("a.tsv", "sentence\tlabel\n")]
    public void Read_NothingThere_IsRefused(string name, string content)
    {
        var failure = Assert.Throws<PithException>(() => LabeledFile.Read(_folder.Write(name, content), s_labels, cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.NoLabeledTexts, failure.Error);
    }

    [Fact]
    public void Read_NoFile_IsRefused() => Assert.Same(
        ModelsErrors.CannotReadText,
        Assert.Throws<PithException>(() => LabeledFile.Read(_folder["absent.jsonl"], s_labels, cancellation: TestContext.Current.CancellationToken)).Error);
}
