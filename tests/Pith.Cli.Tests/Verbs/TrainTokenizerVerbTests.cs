using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Cli.Tests.Verbs;

public sealed class TrainTokenizerVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_TwoTexts_WritesATokenizerThatKnowsBoth()
    {
        File.WriteAllText(In("a.txt"), "lantern lantern lantern");
        File.WriteAllText(In("b.txt"), "meadow meadow meadow");
        var (exit, output, _) = CommandLine.Run("train", "tokenizer", In("a.txt"), In("b.txt"), "--vocabulary", "275", "--out", In("tok"), "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var tokenizer = TokenizerLoader.Load(In("tok")).Tokenizer;
        var document = JsonElement.Parse(output);
        Assert.Equal(tokenizer.VocabularySize, document.GetProperty("vocabulary").GetInt32());
        Assert.Equal(In("tok"), document.GetProperty("out").GetString());
        // "lantern" is 6 merges, " lantern" one more; "meadow" and " meadow" 5 and one: 13, all of them frequent enough.
        Assert.Equal(270, tokenizer.VocabularySize);
        Assert.Equal(2, tokenizer.Encode("lantern meadow").Length);
    }

    [Fact]
    public void Run_MissingText_LeavesNothing()
    {
        var (exit, _, error) = CommandLine.Run("train", "tokenizer", In("none.txt"), "--out", In("tok"), "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Equal("PITH3303", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Run_BrokenZstandard_IsNamed()
    {
        File.WriteAllText(In("a.txt.zst"), "not compressed");
        var (exit, _, error) = CommandLine.Run("train", "tokenizer", In("a.txt.zst"), "--out", In("tok"), "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Contains("a.txt.zst", CommandLine.ErrorOf(error).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("256")]
    [InlineData("-1")]
    public void Run_VocabularyBelowTheBytes_IsAUsageError(string size)
    {
        File.WriteAllText(In("a.txt"), "text");
        var (exit, _, _) = CommandLine.Run("train", "tokenizer", In("a.txt"), "--vocabulary", size, "--out", In("tok"));
        Assert.Equal(ExitCode.Usage, exit);
        Assert.False(Path.Exists(In("tok")));
    }

    private string In(string name) => Path.Combine(_folder, name);
}
