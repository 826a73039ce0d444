using System.Text.Json;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;

namespace Pith.Cli.Tests.Frame;

public sealed class OutputTests
{
    private readonly StringWriter result = new();
    private readonly StringWriter messages = new();

    [Fact]
    public void Result_WithJson_HasSnakeCaseNamesAndNoNaN()
    {
        var output = new Output(result, messages, json: true, verbose: false);

        output.Result(new { TokensPerS = 1.5, Perplexity = double.NaN, Kl = float.PositiveInfinity, Absent = (string?)null, Text = "é<" }, new Paragraph("no"));

        Assert.Equal(
            """{"tokens_per_s":1.5,"perplexity":null,"kl":null,"text":"é<"}""",
            result.ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Result_Twice_IsADefect()
    {
        var output = new Output(result, messages, json: true, verbose: false);
        output.Result(1, new Paragraph(""));

        Assert.Throws<InvalidOperationException>(() => output.Result(2, new Paragraph("")));
    }

    [Fact]
    public void Stream_WithJson_IsDropped()
    {
        new Output(result, messages, json: true, verbose: false).Stream("words");

        Assert.Empty(result.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fail_Verbose_ShowsWhereItCameFrom(bool json)
    {
        var failure = Failure.From(new PithException(CliErrors.DiskFull, "full"));
        new Output(result, messages, json, verbose: false).Fail(failure);
        var brief = messages.ToString();
        new Output(result, messages, json, verbose: true).Fail(failure);

        Assert.DoesNotContain("PithException", brief, StringComparison.Ordinal);
        Assert.Contains("PithException", messages.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_WithJson_IsOneDocument()
    {
        new Output(result, messages, json: true, verbose: false).Fail(Failure.From(new PithException(CliErrors.DiskFull, "full")));

        var error = JsonElement.Parse(messages.ToString()).GetProperty("error");
        Assert.Equal(("PITH9005", "full"), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
    }
}
