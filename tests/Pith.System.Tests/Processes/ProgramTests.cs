using System.Text.Json;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>The real program in a process of its own.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("--help", 0)]
    [InlineData("doctor --help", 0)]
    [InlineData("nonsense", 2)]
    [InlineData("doctor --threads none", 2)]
    public void Exit_OfTheProcess_IsTheDocumentedOne(string arguments, int exit)
    {
        Assert.Equal(exit, Pith(arguments).Exit);
    }

    [Fact]
    public void StandardOutput_WithJson_IsOneDocument()
    {
        var result = Pith("doctor --json");

        Assert.NotEmpty(JsonElement.Parse(result.Output).GetProperty("checks").EnumerateArray());
        Assert.Empty(result.Error);
    }

    [Fact]
    public void StandardError_WithJson_IsOneErrorDocument()
    {
        var result = Pith("nonsense --json");

        Assert.Empty(result.Output);
        Assert.Equal("PITH9001", JsonElement.Parse(result.Error).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void Output_ToAPipe_HasNoEscapeSequences()
    {
        var result = Pith("nonsense");

        Assert.DoesNotContain('\e', result.Error + result.Output);
    }

    [Fact]
    public void Output_WhenTheReaderLeaves_EndsQuietly()
    {
        var result = Shell.Run($"dotnet '{Repository.AssemblyOf("Pith.Cli")}' --help | head -n 1");

        Assert.Equal((0, ""), (result.Exit, result.Error));
    }

    private static Shell.Result Pith(string arguments) => Shell.Run($"dotnet '{Repository.AssemblyOf("Pith.Cli")}' {arguments}");
}
