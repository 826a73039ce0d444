using System.Xml.Linq;
using CsCheck;
using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class HtmlRendererTests
{
    private const string Hostile = "<script src=\"http://x\">alert('&')</script>]]>-->";

    private static readonly XNamespace svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Render_HostileText_ShowsItAsText()
    {
        var page = Parse(ReportSamples.WithText(Hostile));

        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "iframe" or "img" or "image" or "object");
        Assert.Equal(Hostile, page.Descendants("h1").Single().Value);
        Assert.Equal(Hostile, page.Descendants("blockquote").Single().Value);
        Assert.Equal(Hostile, page.Descendants("code").Single().Value);
        Assert.Contains(page.Descendants(svg + "title"), title => title.Value == Hostile);
    }

    [Fact]
    public void Render_AnyReport_LoadsNothing()
    {
        var page = Parse(ReportSamples.WithText("a"));

        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" or "action" or "data" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("@import", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page.ToString(), StringComparison.Ordinal);
        Assert.All(
            page.Descendants().Attributes().Where(attribute => attribute.Value.Contains("url(", StringComparison.Ordinal)),
            attribute => Assert.StartsWith("url(#", attribute.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Render_SeveralCharts_KeepsEveryIdUniqueAndEveryReferenceMet()
    {
        var page = Parse(ReportSamples.WithText("a"));
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        var used = page.Descendants().Attributes("clip-path").Select(clip => clip.Value["url(#".Length..^1])
            .Concat(page.Descendants().Attributes("aria-labelledby").SelectMany(label => label.Value.Split(' ')));
        Assert.All(used, id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Render_Table_HasCaptionScopesAndMarks()
    {
        var table = Parse(new Report("t").Add(ReportSamples.Numbers("a"))).Descendants("table").Single();

        Assert.Equal("a", table.Element("caption")!.Value);
        Assert.Equal(3, table.Descendants("th").Count(th => (string?)th.Attribute("scope") == "col"));
        Assert.Equal(["reference", "best", null], table.Element("tbody")!.Elements("tr").Select(row => (string?)row.Attribute("class")));
        Assert.Equal("1,234.57", table.Element("tbody")!.Elements("tr").ElementAt(1).Elements("td").First().Value);
    }

    [Fact]
    public void Render_Chart_UsesOnlyColorsThatFollowThePreference()
    {
        var page = HtmlRenderer.Render(new Report("t").Add(ReportSamples.Scatter("a")));

        Assert.DoesNotContain("rgb(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("fill:black", page, StringComparison.Ordinal);
        Assert.DoesNotContain("fill=\"black\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("stroke:black", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AnyText_IsWellFormedAndRepeatable() => Gen.String.Sample(
        text =>
        {
            var report = ReportSamples.WithText(text);
            Parse(report);
            Assert.Equal(HtmlRenderer.Render(report), HtmlRenderer.Render(report));
        },
        iter: 30);

    // The page is written as well-formed XML, so that a strict parser can check it.
    private static XElement Parse(Report report)
    {
        var page = HtmlRenderer.Render(report);
        Assert.StartsWith("<!doctype html>\n", page, StringComparison.Ordinal);
        return XElement.Parse(page["<!doctype html>\n".Length..], LoadOptions.PreserveWhitespace);
    }
}
