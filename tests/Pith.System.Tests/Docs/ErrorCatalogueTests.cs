using System.Text.RegularExpressions;
using Pith.TestKit;

namespace Pith.SystemTests.Docs;

public sealed partial class ErrorCatalogueTests
{
    private static readonly Dictionary<string, char> thousands = new()
    {
        ["Pith.Core"] = '1', ["Pith.Kernels"] = '2', ["Pith.Models"] = '3', ["Pith.Compress"] = '4',
        ["Pith.Tune"] = '5', ["Pith.Study"] = '6', ["Pith.Cli"] = '9',
    };

    [Fact]
    public void Codes_OfAllProjects_AreUniqueAndInTheProjectsThousand()
    {
        Assert.All(ErrorCatalogue.Entries, entry =>
        {
            Assert.Matches(Code(), entry.Error.Code);
            Assert.Equal(thousands[entry.Project], entry.Error.Code["PITH".Length]);
        });
        Assert.Equal(ErrorCatalogue.Entries.Count, ErrorCatalogue.Entries.Select(entry => entry.Error.Code).Distinct().Count());
    }

    [Fact]
    public void Entries_OfAllProjects_SayWhatItMeansAndWhatToDo()
    {
        Assert.All(ErrorCatalogue.Entries, entry =>
        {
            Assert.NotEmpty(entry.Error.Meaning);
            Assert.NotEmpty(entry.Error.Hint);
            Assert.NotEqual(Core.Diagnostics.ExitCode.Ok, entry.Error.Exit);
        });
    }

    [Fact]
    public void Page_ListsEveryError() => GeneratedPage.Check("docs/reference/errors.md", ErrorCatalogue.ToMarkdown());

    [GeneratedRegex("^PITH[0-9]{4}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
