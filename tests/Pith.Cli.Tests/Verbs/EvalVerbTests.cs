using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class EvalVerbTests : IDisposable
{
    private const string Model = "models/pith-0.45m";

    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_AText_PrintsTheDocument()
    {
        var (exit, output, _) = Run("--context", "64", "--max-tokens", "200", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        Assert.Equal(Repository.PathOf(Model), document.GetProperty("model").GetString());
        Assert.Equal(64, document.GetProperty("context").GetInt32());
        Assert.Equal(200, document.GetProperty("tokens").GetInt64());
        var nll = document.GetProperty("nll").GetDouble();
        Assert.InRange(nll, 2, 8); // better than the vocabulary's ln 4096 = 8.3, worse than a large model
        Assert.Equal(Math.Exp(nll), document.GetProperty("perplexity").GetDouble(), 1e-9);
        Assert.False(document.TryGetProperty("kl", out _));
    }

    [Fact]
    public void Run_Formats_AreEmulatedAndComparedWithTheReference()
    {
        var (exit, output, _) = Run(
            "--context", "64", "--max-tokens", "200", "--weights", "bfp4:16", "--activations", "bfp4:16", "--kl", Repository.PathOf(Model), "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var coarse = JsonElement.Parse(output).GetProperty("kl").GetDouble();
        (_, output, _) = Run("--context", "64", "--max-tokens", "200", "--weights", "bfp8:16", "--kl", Repository.PathOf(Model), "--json");
        Assert.InRange(JsonElement.Parse(output).GetProperty("kl").GetDouble(), 1e-9, coarse / 10);
    }

    // nvfp4 is multiplied as it is stored; bfp6 is laid anew for integer products.
    [Theory]
    [InlineData("nvfp4")]
    [InlineData("bfp6:16")]
    public void Run_AQuantizedModel_GivesWhatEmulationGives(string format)
    {
        var quantized = Path.Combine(folder, "quantized");
        Assert.Equal(ExitCode.Ok, CommandLine.Run("quantize", Repository.PathOf(Model), "--weights", format, "--activations", format, "--out", quantized).Exit);
        string[] options = ["--perplexity", Repository.PathOf("data/eval.txt"), "--context", "64", "--max-tokens", "300", "--json"];
        var packed = JsonElement.Parse(CommandLine.Run(["eval", quantized, .. options]).Output).GetProperty("nll").GetDouble();
        var emulated = JsonElement.Parse(Run("--context", "64", "--max-tokens", "300", "--weights", format, "--activations", format, "--json").Output);

        // The sums run in another order; a few activations next to a tie then round the other way.
        Assert.Equal(emulated.GetProperty("nll").GetDouble(), packed, 1e-3);
        Assert.Equal(ExitCode.Ok, CommandLine.Run("generate", quantized, "It was", "--max-tokens", "3").Exit);
    }

    [Fact]
    public void Run_APlan_WinsOverTheOptions()
    {
        var plan = Path.Combine(folder, "plan.json");
        File.WriteAllText(plan, """{"version":1,"sites":{"layers.0.attn.q":{"weights":"fp32"},"layers.0.mlp.up":{"activations":"bfp4:16"}}}""");
        var (_, plain, _) = Run("--context", "64", "--max-tokens", "100", "--json");
        var (exit, planned, _) = Run("--context", "64", "--max-tokens", "100", "--plan", plan, "--json");
        Assert.Equal(ExitCode.Ok, exit);
        Assert.NotEqual(JsonElement.Parse(plain).GetProperty("nll").GetDouble(), JsonElement.Parse(planned).GetProperty("nll").GetDouble());
    }

    [Theory]
    [InlineData("PITH1001", "--weights", "bfp99")]
    [InlineData("PITH3302", "--context", "100000")]
    [InlineData("PITH9001", "--context", "1")]
    [InlineData("PITH9001", "--stride", "0")]
    [InlineData("PITH9001", "--max-documents", "3")]
    [InlineData("PITH9001", "--collapse-whitespace", "--collapse-newlines")]
    public void Run_WrongOption_IsACodedError(string code, params string[] options)
    {
        var (exit, output, error) = Run([.. options, "--json"]);
        Assert.Equal(code == "PITH9001" ? ExitCode.Usage : ExitCode.BadInput, exit);
        Assert.Empty(output);
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    [Fact]
    public void Run_ReferenceWithOtherTokens_IsACodedError()
    {
        var other = SharedData.Require("lm/weights/stories260K/stories260K.bin");
        var (exit, _, error) = Run("--context", "64", "--max-tokens", "100", "--kl", other, "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Equal("PITH3306", CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    [Fact]
    public void Run_AReference_AddsItsFiguresWithErrors()
    {
        var (exit, output, _) = Run("--context", "64", "--max-tokens", "200", "--weights", "bfp4:16", "--kl", Repository.PathOf(Model), "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        foreach (var name in new[] { "kl", "top_agreement", "delta_p_rms" })
        {
            Assert.InRange(document.GetProperty(name).GetDouble(), 1e-9, 1);
            Assert.InRange(document.GetProperty(name + "_stderr").GetDouble(), 1e-9, 1);
        }

        Assert.InRange(document.GetProperty("log_perplexity_ratio_stderr").GetDouble(), 1e-9, 1);
    }

    [Fact]
    public void Run_Tasks_PrintsARowForEach()
    {
        WriteTask("piqa.jsonl", "ice");
        WriteTask("piqa.train.jsonl", "sun");
        string[] command = ["eval", Repository.PathOf(Model), "--tasks", "piqa", "--data", folder];
        var (exit, output, _) = CommandLine.Run([.. command, "--shots", "1", "--json"]);
        Assert.Equal(ExitCode.Ok, exit);
        var row = Assert.Single(JsonElement.Parse(output).GetProperty("tasks").EnumerateArray());
        Assert.Equal("piqa", row.GetProperty("task").GetString());
        Assert.Equal(2, row.GetProperty("items").GetInt32());
        Assert.Equal(1, row.GetProperty("shots").GetInt32());
        Assert.Equal(0, row.GetProperty("truncated").GetInt32());

        // The two items differ in their answer alone: one of them is right whatever the model prefers. √(0.5 · 0.5 / 1) = 0.5.
        Assert.Equal(0.5, row.GetProperty("acc").GetDouble());
        Assert.Equal(0.5, row.GetProperty("acc_norm").GetDouble());
        Assert.Equal(0.5, row.GetProperty("acc_stderr").GetDouble());
        (_, output, _) = CommandLine.Run([.. command, "--limit", "1"]);
        Assert.Contains("piqa", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PITH3350", "--tasks", "piqua", "--data", ".")]
    [InlineData("PITH3351", "--tasks", "piqa", "--data", "no-such-folder")]
    [InlineData("PITH9001", "--tasks", "piqa")]
    [InlineData("PITH9001", "--tasks", ",", "--data", ".")]
    [InlineData("PITH9001", "--tasks", "piqa", "--data", ".", "--limit", "0")]
    [InlineData("PITH9001", "--tasks", "piqa", "--data", ".", "--shots", "-1")]
    [InlineData("PITH9001", "--tasks", "piqa", "--data", ".", "--stride", "3")]
    [InlineData("PITH9001", "--limit", "3", "--perplexity", "x")]
    [InlineData("PITH9001")]
    public void Run_WrongTaskOption_IsACodedError(string code, params string[] options)
    {
        var (exit, output, error) = CommandLine.Run(["eval", Repository.PathOf(Model), .. options, "--json"]);
        Assert.Equal(code == "PITH9001" ? ExitCode.Usage : ExitCode.BadInput, exit);
        Assert.Empty(output);
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    private void WriteTask(string name, string goal) => File.WriteAllLines(
        Path.Combine(folder, name),
        Enumerable.Range(0, 2).Select(label => $$"""{"goal":"{{goal}}","sol1":"is cold","sol2":"is very hot","label":{{label}}}"""));

    private static (ExitCode Exit, string Output, string Error) Run(params string[] options) =>
        CommandLine.Run(["eval", Repository.PathOf(Model), "--perplexity", Repository.PathOf("data/eval.txt"), .. options]);
}
