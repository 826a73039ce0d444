using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class ReportFilesTests
{
    [Fact]
    public void WriteTo_Folder_HoldsThePageTheTextAndAPictureForEveryChart()
    {
        var folder = Directory.CreateTempSubdirectory("pith-report-").FullName;
        try
        {
            ReportSamples.WithText("a").WriteTo(folder);

            var names = Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(["chart-1.svg", "chart-2.svg", "report.html", "report.md"], names);
            Assert.All(names, name => Assert.True(ReportFiles.IsOne(name)));
            Assert.Contains("](<chart-2.svg>)", File.ReadAllText(Path.Combine(folder, ReportFiles.Text)), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("thesis.html")]
    [InlineData("chart-1.png")]
    [InlineData("model")]
    public void IsOne_OtherNames_AreNot(string name) => Assert.False(ReportFiles.IsOne(name));
}
