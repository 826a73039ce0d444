using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class EncoderVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-encoder-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void EvalClassify_LabeledTexts_PrintsTheDocument()
    {
        var file = Texts("""{"text": "the good", "label": "yes"}""", """{"text": "bad", "text_pair": "x", "label": 0}""", """{"text": "the .", "label": 2}""");
        var (exit, output, _) = CommandLine.Run("eval", Model(), "--classify", file, "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        Assert.Equal(3, document.GetProperty("items").GetInt32());
        Assert.InRange(document.GetProperty("accuracy").GetDouble(), 0, 1);
        Assert.InRange(document.GetProperty("macro_f1").GetDouble(), 0, 1);
        Assert.Equal(["no", "yes", "maybe"], document.GetProperty("labels").EnumerateArray().Select(label => label.GetProperty("label").GetString()));
        Assert.Equal(3, document.GetProperty("labels").EnumerateArray().Sum(label => label.GetProperty("items").GetInt64()));
        Assert.Contains("macro F1", CommandLine.Run("eval", Model(), "--classify", file, "--limit", "2").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_AnEncoder_GivesWhatEmulationGives()
    {
        var quantized = Path.Combine(folder, "quantized");
        string[] formats = ["--weights", "mxint8:16", "--activations", "mxint8:16"];
        Assert.Equal(ExitCode.Ok, CommandLine.Run(["quantize", Model(), .. formats, "--out", quantized]).Exit);
        var file = Texts([.. Enumerable.Range('a', 26).Select(letter => $$"""{"text": "{{(char)letter}} good", "label": {{letter % 3}}}""")]);

        var packed = CommandLine.Run("eval", quantized, "--classify", file, "--json");
        var emulated = CommandLine.Run(["eval", Model(), "--classify", file, .. formats, "--json"]);

        Assert.Equal(ExitCode.Ok, packed.Exit);
        Assert.Equal(
            JsonElement.Parse(emulated.Output).GetProperty("accuracy").GetDouble(), JsonElement.Parse(packed.Output).GetProperty("accuracy").GetDouble());
        var shown = JsonElement.Parse(CommandLine.Run("model", "show", quantized, "--json").Output);
        Assert.Equal("bert", shown.GetProperty("architecture").GetString());
        Assert.Equal(3, shown.GetProperty("labels").GetArrayLength());
        Assert.Equal(16, shown.GetProperty("plan").EnumerateArray().Sum(row => row.GetProperty("sites").GetInt32()));
    }

    [Fact]
    public void ModelVerbs_AnEncoder_ImportShowSitesExport()
    {
        var (imported, exported) = (Path.Combine(folder, "imported"), Path.Combine(folder, "exported"));
        Assert.Equal(ExitCode.Ok, CommandLine.Run("model", "import", Model(), "--out", imported).Exit);
        Assert.Equal(ExitCode.Ok, CommandLine.Run("model", "export", imported, "--to", "hf", "--out", exported).Exit);
        Assert.True(File.Exists(Path.Combine(exported, "vocab.txt")));
        Assert.Contains("BertForSequenceClassification", File.ReadAllText(Path.Combine(exported, "config.json")), StringComparison.Ordinal);
        Assert.Contains("no, yes, maybe", CommandLine.Run("model", "show", exported).Output, StringComparison.Ordinal);
        Assert.Contains("layers.1.mlp.fc2", CommandLine.Run("model", "sites", exported).Output, StringComparison.Ordinal);
        var file = Texts("""{"text": "the good", "label": "yes"}""");
        Assert.Equal(
            JsonElement.Parse(CommandLine.Run("eval", Model(), "--classify", file, "--json").Output).GetProperty("accuracy").GetDouble(),
            JsonElement.Parse(CommandLine.Run("eval", exported, "--classify", file, "--json").Output).GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Verbs_WhatDoesNotFit_IsACodedError()
    {
        var file = Texts("""{"text": "the good", "label": "perhaps"}""");
        Fails("PITH3360", "eval", Model(), "--classify", file);
        Fails("PITH3410", "eval", Repository.PathOf("models/pith-0.45m"), "--classify", file);
        Fails("PITH3411", "eval", Model(EncoderHead.None), "--classify", file);
        Fails("PITH3400", "eval", Model(), "--perplexity", Repository.PathOf("data/eval.txt"));
        Fails("PITH3400", "generate", Model(), "x");
        Fails("PITH9001", "eval", Model(), "--classify", file, "--tasks", "piqa");
        Fails("PITH9001", "eval", Model(), "--classify", file, "--context", "64");
        Fails("PITH9001", "eval", Model(), "--classify", file, "--limit", "0");
    }

    private static void Fails(string code, params string[] arguments)
    {
        var (_, output, error) = CommandLine.Run([.. arguments, "--json"]);
        Assert.Empty(output);
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    private string Model(EncoderHead head = EncoderHead.Sequence)
    {
        var path = Path.Combine(folder, $"model-{head}");
        if (!Directory.Exists(path))
        {
            var config = TinyBert.Config(head: head);
            using var weights = TinyOpt.Weights(config);
            TinyBert.Write(path, config, weights);
        }

        return path;
    }

    private string Texts(params string[] lines)
    {
        var path = Path.Combine(folder, "texts.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
