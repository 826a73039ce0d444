using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class ModelVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-model-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Import_Llama2cFile_MakesADirectoryThatShowsTheSameModel()
    {
        var source = SharedData.Require("lm/weights/stories260K/stories260K.bin");
        var output = Path.Combine(folder, "out");

        var imported = CommandLine.Run("model", "import", source, "--out", output, "--json");

        Assert.Equal((ExitCode.Ok, ""), (imported.Exit, imported.Error));
        Assert.Equal(260_032, JsonElement.Parse(imported.Output).GetProperty("parameters").GetInt64());
        var first = JsonElement.Parse(CommandLine.Run("model", "show", source, "--json").Output);
        var second = JsonElement.Parse(CommandLine.Run("model", "show", output, "--json").Output);
        foreach (var name in new[] { "architecture", "layers", "hidden_size", "kv_heads", "vocabulary_size", "parameters", "block_parameters", "tokenizer" })
            Assert.Equal(first.GetProperty(name).GetRawText(), second.GetProperty(name).GetRawText());
        Assert.Equal("llama2c", first.GetProperty("kind").GetString());
        Assert.Equal("directory", second.GetProperty("kind").GetString());
    }

    [Fact]
    public void Import_ExistingOutput_IsRefusedWithoutForce()
    {
        var source = SharedData.Require("lm/weights/stories260K/stories260K.bin");

        var (exit, _, error) = CommandLine.Run("model", "import", source, "--out", folder, "--json");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal("PITH1010", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.Equal(ExitCode.Ok, CommandLine.Run("model", "import", source, "--out", folder, "--force").Exit);
    }

    [Fact]
    public void Sites_OfAModel_AreListedWithShapes()
    {
        var (exit, output, _) = CommandLine.Run("model", "sites", SharedData.Require("lm/weights/stories260K/stories260K.bin"), "--json");

        Assert.Equal(ExitCode.Ok, exit);
        var sites = JsonElement.Parse(output).GetProperty("sites");
        Assert.Equal(5 * 9, sites.GetArrayLength());
        Assert.Equal("layers.4.mlp.down", sites[44].GetProperty("site").GetString());
        Assert.Equal((64, 172), (sites[44].GetProperty("outputs").GetInt32(), sites[44].GetProperty("inputs").GetInt32()));
        Assert.Equal(226_560, sites.EnumerateArray().Sum(site => site.GetProperty("parameters").GetInt64()));
    }

    [Fact]
    public void Export_ToTheHub_MakesADirectory()
    {
        var output = Path.Combine(folder, "hub");

        var (exit, text, _) = CommandLine.Run("model", "export", SharedData.Require("lm/weights/stories260K/stories260K.bin"), "--to", "hf", "--out", output);

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("260,032 parameters", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "model.safetensors")));
        Assert.Equal(ExitCode.Usage, CommandLine.Run("model", "export", output, "--to", "hf", "--type", "q8_0", "--out", output + "2").Exit);
    }

    [Fact]
    public void Export_ToGguf_MakesAFileThatIsReadBack()
    {
        var output = Path.Combine(folder, "stories.gguf");
        var (exit, text, error) = CommandLine.Run(
            "model", "export", SharedData.Require("lm/weights/stories260K/stories260K.bin"), "--to", "gguf", "--type", "q8_0", "--out", output);
        Assert.True(exit == ExitCode.Ok, error);
        Assert.Contains("260,032 parameters", text, StringComparison.Ordinal);
        var (shown, summary, _) = CommandLine.Run("model", "show", output);
        Assert.Equal(ExitCode.Ok, shown);
        Assert.Contains("512", summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.pt", "PK\u0003\u0004", "PITH3002")]
    [InlineData("model.gguf", "GGUF\u0003", "PITH3100")]
    [InlineData("model.safetensors", "\u0001\0\0", "PITH3010")]
    [InlineData("model.bin", "\u0001\0\0", "PITH3030")]
    public void Show_FileThatIsNotAModel_ExitsWithBadInput(string name, string content, string code)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type":"llama"}""");

        var (exit, output, error) = CommandLine.Run("model", "show", Path.Combine(folder, name), "--json");

        Assert.Equal((ExitCode.BadInput, ""), (exit, output));
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }
}
