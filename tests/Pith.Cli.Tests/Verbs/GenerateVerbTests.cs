using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class GenerateVerbTests : IDisposable
{
    private const string Model = "models/pith-0.45m";

    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_APrompt_PrintsTheDocument()
    {
        var (exit, output, _) = Run("It was", "--max-tokens", "12", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        Assert.NotEmpty(document.GetProperty("text").GetString()!);
        Assert.Equal(12, document.GetProperty("tokens").GetInt32());
        Assert.Equal("max_tokens", document.GetProperty("stop_reason").GetString());
        Assert.True(document.GetProperty("prefill_tokens_per_s").GetDouble() > 0);
        Assert.True(document.GetProperty("decode_tokens_per_s").GetDouble() > 0);
    }

    [Fact]
    public void Run_WithoutJson_StreamsPromptAndContinuation()
    {
        var (_, json, _) = Run("It was", "--max-tokens", "12", "--temperature", "0", "--json");
        var (exit, output, _) = Run("It was", "--max-tokens", "12", "--temperature", "0");
        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal("It was" + JsonElement.Parse(json).GetProperty("text").GetString() + Environment.NewLine, output);
    }

    [Fact]
    public void Run_Seed_DecidesTheText()
    {
        string Text(string seed) =>
            JsonElement.Parse(Run("It was", "--max-tokens", "20", "--seed", seed, "--json").Output).GetProperty("text").GetString()!;

        Assert.Equal(Text("1"), Text("1"));
        Assert.NotEqual(Text("1"), Text("2"));
    }

    [Fact]
    public void Run_PromptFile_IsThePrompt()
    {
        var file = Path.Combine(folder, "prompt.txt");
        File.WriteAllText(file, "It was");
        var (_, expected, _) = Run("It was", "--max-tokens", "5", "--temperature", "0");
        Assert.Equal(expected, Run("--prompt-file", file, "--max-tokens", "5", "--temperature", "0").Output);
    }

    [Fact]
    public void Run_PackedWeightsThatCouldMultiplyInIntegers_SaysSo()
    {
        var file = Path.Combine(folder, "model.gguf");
        Assert.Equal(ExitCode.Ok, CommandLine.Run("model", "export", Repository.PathOf(Model), "--to", "gguf", "--type", "q8_0", "--out", file).Exit);
        string Messages(params string[] options) => CommandLine.Run(["generate", file, "It was", "--max-tokens", "2", .. options]).Error;

        Assert.Contains("hint: the weights are in q8_0", Messages(), StringComparison.Ordinal);
        Assert.Empty(Messages("--json"));
        Assert.Empty(Messages("--activations", "mxint8:32", "--attention", "fp32"));
        Assert.Empty(Run("It was", "--max-tokens", "2").Error);
    }

    [Theory]
    [InlineData("PITH9001", "x", "--temperature", "-1")]
    [InlineData("PITH9001", "x", "--top-p", "0")]
    [InlineData("PITH9001", "x", "--max-tokens", "0")]
    [InlineData("PITH9001", "x", "--stop", "")]
    [InlineData("PITH9001", "x", "--prompt-file", "y")]
    [InlineData("PITH9001", "x", "--system", "y", "--no-chat")]
    [InlineData("PITH3308", "x", "--system", "y")]
    public void Run_WrongOption_IsACodedErrorAndPrintsNoText(string code, params string[] options)
    {
        var (exit, output, error) = Run([.. options, "--json"]);
        Assert.NotEqual(ExitCode.Ok, exit);
        Assert.Empty(output);
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    [Fact]
    public void Run_PromptLongerThanTheContext_PrintsNoText()
    {
        var (exit, output, error) = Run(string.Concat(Enumerable.Repeat("word ", 600)));
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Empty(output);
        Assert.Contains("PITH3302", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ContextFull_SaysSo()
    {
        var (exit, _, error) = Run("It was", "--max-tokens", "2000", "--temperature", "0");
        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("context of 512 tokens is full", error, StringComparison.Ordinal);
    }

    private static (ExitCode Exit, string Output, string Error) Run(params string[] options) =>
        CommandLine.Run(["generate", Repository.PathOf(Model), .. options]);
}
