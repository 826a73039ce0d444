using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Tests.Verbs;

public sealed class TokenizeVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-cli-").FullName;

    public TokenizeVerbTests()
    {
        File.WriteAllText(Path.Combine(_folder, "vocab.json"), """{"a":0,"b":1,"Ġ":2,"ab":3,"Ã":4,"©":5,"<|endoftext|>":6,"Ċ":7}""");
        File.WriteAllText(Path.Combine(_folder, "merges.txt"), "a b\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_Text_PrintsIdsAndPieces()
    {
        var (exit, output, _) = CommandLine.Run("tokenize", _folder, "ab aé\n", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        Assert.Equal([3, 2, 0, 4, 5, 7], document.GetProperty("ids").EnumerateArray().Select(static id => id.GetInt32()));
        Assert.Equal(
            ["\"ab\"", "\" \"", "\"a\"", "\"\\xC3\"", "\"\\xA9\"", "\"\\n\""],
            document.GetProperty("pieces").EnumerateArray().Select(static piece => piece.GetString()));
        Assert.Equal(6, document.GetProperty("tokens").GetInt32());
        Assert.Equal("byte-level BPE", document.GetProperty("kind").GetString());
    }

    [Fact]
    public void Run_SpecialToken_IsOneTokenWhenAskedFor()
    {
        Assert.Contains("       6  (special)", CommandLine.Run("tokenize", _folder, "<|endoftext|>", "--special").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(special)", CommandLine.Run("tokenize", _folder, "<|endoftext|>").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TextFromAFile_IsRead()
    {
        var file = Path.Combine(_folder, "text");
        File.WriteAllText(file, "ab");
        Assert.Contains("\"ab\"", CommandLine.Run("tokenize", _folder, "--file", file).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, CommandLine.Run("tokenize", _folder, "a", "--file", file).Exit);
        Assert.Equal(ExitCode.Usage, CommandLine.Run("tokenize", _folder).Exit);
    }

    [Fact]
    public void Run_UnknownKind_NamesTheKnownOnes()
    {
        var other = Path.Combine(_folder, "other.txt.json");
        File.WriteAllText(other, "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{}}}");
        var (exit, _, error) = CommandLine.Run("tokenize", other, "a", "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Equal("PITH3201", CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }
}
