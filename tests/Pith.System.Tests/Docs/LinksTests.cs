using System.Text.RegularExpressions;
using Pith.TestKit;

namespace Pith.SystemTests.Docs;

public sealed partial class LinksTests
{
    private static readonly string[] topPages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

    [Fact]
    public void Links_OfEveryPage_LeadToAFile()
    {
        var pages = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Concat(topPages.Select(Repository.PathOf));
        Assert.All(pages, page => Assert.All(
            Link().Matches(File.ReadAllText(page)).Select(match => match.Groups["target"].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)),
            target => Assert.True(
                Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])),
                $"{Path.GetRelativePath(Repository.Root, page)}: no {target}")));
    }

    // [text](target) and ![text](<target>); a target within the page is empty before its #.
    [GeneratedRegex(@"\]\(<?(?<target>[^)>#\s][^)>\s]*)>?\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
