using System.Text.Json;
using CsCheck;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class JsonRendererTests
{
    [Fact]
    public void Render_Table_KeepsFullPrecisionAndNullsWhatIsNoNumber()
    {
        using var json = JsonDocument.Parse(JsonRenderer.Render(new Report("t").Add(ReportSamples.Numbers("a"))));

        var rows = json.RootElement.GetProperty("blocks")[0].GetProperty("rows");
        Assert.Equal("best", rows[1].GetProperty("mark").GetString());
        Assert.Equal(1234.567, rows[1].GetProperty("cells")[1].GetDouble());
        Assert.Equal(JsonValueKind.Null, rows[2].GetProperty("cells")[1].ValueKind);
        Assert.Equal(JsonValueKind.Null, rows[2].GetProperty("cells")[2].ValueKind);
    }

    [Fact]
    public void Render_EveryBlock_HasItsKind()
    {
        using var json = JsonDocument.Parse(JsonRenderer.Render(ReportSamples.WithText("a")));

        Assert.Equal(
            ["heading", "paragraph", "code", "quote", "facts", "table", "chart", "chart"],
            json.RootElement.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("kind").GetString()));
    }

    [Fact]
    public void Render_AnyText_IsOneDocument() => Gen.String.Sample(
        text => JsonDocument.Parse(JsonRenderer.Render(ReportSamples.WithText(text))).Dispose(), iter: 100);
}
