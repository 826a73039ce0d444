using Xunit;

namespace Pith.TestKit;

/// <summary>Compares pages that are made from the code with what is committed.</summary>
public static class GeneratedPage
{
    private const string Switch = "PITH_UPDATE_DOCS";

    /// <summary>Fails if the page is not up to date; with <c>PITH_UPDATE_DOCS=1</c> writes it instead.</summary>
    /// <param name="relative">Path of the page from the root of the working copy.</param>
    /// <param name="content">What it should be.</param>
    public static void Check(string relative, string content)
    {
        var path = Repository.PathOf(relative);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
            File.WriteAllText(path, content);
        var actual = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(content == actual, $"{relative} is not what the code says. Update it: {Switch}=1 ./test, then review the difference.");
    }
}
