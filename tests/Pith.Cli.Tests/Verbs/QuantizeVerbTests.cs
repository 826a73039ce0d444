using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class QuantizeVerbTests : IDisposable
{
    private static readonly string Model = Repository.PathOf("models/pith-0.45m");

    private readonly string _folder = Directory.CreateTempSubdirectory("pith-cli-quantize-").FullName;

    private string Output => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Quantize_BundledModel_PrintsTheDocumentedFields()
    {
        var (exit, output, error) = Quantize("--weights", "bfp6:16", "--activations", "bfp6:16", "--json");

        Assert.Equal((ExitCode.Ok, ""), (exit, error));
        var document = JsonElement.Parse(output);
        Assert.Equal(["out", "average_bits", "memory_density", "bytes", "sites"], document.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Output, document.GetProperty("out").GetString());

        // Widths of 64 and 176 are whole blocks of 16: 6 + 8/16 bits for every operand, and the heads of 32 too.
        Assert.Equal(6.5, document.GetProperty("average_bits").GetDouble());
        Assert.Equal(32 / 6.5, document.GetProperty("memory_density").GetDouble(), 1e-12);
        Assert.Equal(Directory.GetFiles(Output).Sum(file => new FileInfo(file).Length), document.GetProperty("bytes").GetInt64());
        var sites = document.GetProperty("sites").EnumerateArray().ToList();
        Assert.Equal(4 * 7, sites.Count);
        Assert.All(sites, site =>
        {
            Assert.Equal(["site", "format", "bits", "relative_error"], site.EnumerateObject().Select(member => member.Name));
            Assert.Equal("bfp6:16", site.GetProperty("format").GetString());
            Assert.Equal(6.5, site.GetProperty("bits").GetDouble());
            Assert.InRange(site.GetProperty("relative_error").GetDouble(), 0.02, 0.04);
        });
    }

    [Fact]
    public void Quantize_PlanFile_WinsOverTheOptions()
    {
        var plan = Path.Combine(_folder, "plan.json");
        File.WriteAllText(plan, """{"version":1,"sites":{"layers.2.mlp.down":{"weights":"mxint8:32"},"layers.0.attn.qk":{"weights":"bf16"}}}""");

        var (exit, output, _) = Quantize("--weights", "bfp4", "--activations", "bfp6", "--attention", "bfp8", "--kv", "mxint8", "--plan", plan, "--json");

        Assert.Equal(ExitCode.Ok, exit);
        var formats = JsonElement.Parse(output).GetProperty("sites").EnumerateArray()
            .ToDictionary(site => site.GetProperty("site").GetString()!, site => site.GetProperty("format").GetString());
        Assert.Equal("mxint8:32", formats["layers.2.mlp.down"]);
        Assert.Equal("bfp4:16", formats["layers.1.mlp.down"]);
        var stored = JsonElement.Parse(File.ReadAllText(Path.Combine(Output, "plan.json"))).GetProperty("sites");
        Assert.Equal("""{"weights":"bf16","activations":"bfp8:16"}""", Compact(stored.GetProperty("layers.0.attn.qk")));
        Assert.Equal("""{"weights":"mxint8:32","activations":"bfp8:16"}""", Compact(stored.GetProperty("layers.0.attn.av")));
        Assert.Equal("""{"weights":"mxint8:32","activations":"bfp6:16"}""", Compact(stored.GetProperty("layers.2.mlp.down")));
    }

    [Fact]
    public void Quantize_WithoutJson_ShowsEverySiteAndTheSum()
    {
        var (_, output, _) = Quantize("--weights", "mxint4");
        Assert.Contains("layers.3.attn.o", output, StringComparison.Ordinal);
        Assert.Contains(": 4.50 bits a weight, ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PITH4004", ExitCode.Usage)]
    [InlineData("PITH1001", ExitCode.BadInput, "--weights", "bfp66")]
    [InlineData("PITH9001", ExitCode.Usage, "--weights", "bfp6", "--tokens", "0")]
    [InlineData("PITH9003", ExitCode.BadInput, "--weights", "bfp6", "--plan", "/no/such/plan.json")]
    public void Quantize_WrongCall_IsACodedErrorAndMakesNothing(string code, ExitCode exit, params string[] options)
    {
        var result = Quantize([.. options, "--json"]);
        Assert.Equal((exit, code), (result.Exit, CommandLine.ErrorOf(result.Error).GetProperty("code").GetString()));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Quantize_PlanForAnotherModel_ListsTheForeignSites()
    {
        var plan = Path.Combine(_folder, "plan.json");
        File.WriteAllText(plan, """{"version":1,"sites":{"layers.4.attn.q":{"weights":"bfp6"},"layers.0.mlp.fc1":{"weights":"bfp6"}}}""");
        var error = CommandLine.ErrorOf(Quantize("--plan", plan, "--json").Error);
        Assert.Equal("PITH4002", error.GetProperty("code").GetString());
        Assert.Contains("layers.0.mlp.fc1 (nearest: layers.0.mlp.down), layers.4.attn.q (nearest: layers.3.attn.q)", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_LowRank_ReportsEveryCorrectionAndCountsItsBits()
    {
        var cache = Path.Combine(_folder, "cache");
        string[] options = ["--weights", "mxint4:16", "--activations", "mxint8:16", "--low-rank", "8", "--calibrate", Repository.PathOf("data/calibrate.txt"), "--cache", cache, "--json"];
        var (exit, output, error) = Quantize(options);

        Assert.Equal((ExitCode.Ok, ""), (exit, error));
        var document = JsonElement.Parse(output);
        var sites = document.GetProperty("sites").EnumerateArray().ToList();
        Assert.All(sites, site =>
        {
            var correction = site.GetProperty("low_rank");
            Assert.Equal(["method", "rank", "output_error_before", "output_error_after"], correction.EnumerateObject().Select(member => member.Name));
            Assert.Equal("qera-diag", correction.GetProperty("method").GetString());
            Assert.Equal(8, correction.GetProperty("rank").GetInt32());
            Assert.InRange(correction.GetProperty("output_error_after").GetDouble(), 0, correction.GetProperty("output_error_before").GetDouble());
        });

        // q of 64 × 64: 4.5 bits each; A of 8 rows of 64 at 8.5 bits, B of 64 rows padded to one block of 17 bytes.
        Assert.Equal(4.5 + (((8 * 64 * 8.5) + (64 * 17 * 8)) / 4096), sites[0].GetProperty("bits").GetDouble(), 1e-12);
        Assert.True(document.GetProperty("stored_number_bits").GetDouble() < document.GetProperty("average_bits").GetDouble());
        Assert.Single(Directory.GetDirectories(cache, "calibration-*"));
        var evaluated = CommandLine.Run("eval", Output, "--perplexity", Repository.PathOf("data/eval.txt"), "--max-tokens", "300", "--json");
        Assert.Equal((ExitCode.Ok, ""), (evaluated.Exit, evaluated.Error));
    }

    [Theory]
    [InlineData("PITH4012", "--weights", "mxint4", "--low-rank", "4")]
    [InlineData("PITH4010", "--activations", "mxint8", "--plan", "PLAN")]
    [InlineData("PITH9001", "--weights", "mxint4", "--low-rank", "0")]
    public void Quantize_LowRankThatCannotBe_IsACodedError(string code, params string[] options)
    {
        var plan = Path.Combine(_folder, "plan.json");
        File.WriteAllText(plan, """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":2,"method":"lqer"}}}}""");
        var result = Quantize([.. options.Select(option => option == "PLAN" ? plan : option), "--json"]);
        Assert.Equal(code, CommandLine.ErrorOf(result.Error).GetProperty("code").GetString());
        Assert.False(Directory.Exists(Output));
    }

    [Fact]
    public void Quantize_Llama2cFile_KeepsItsTokenizer()
    {
        var source = SharedData.Require("lm/weights/stories260K/stories260K.bin");
        var result = CommandLine.Run("quantize", source, "--weights", "mxint4", "--out", Output, "--json");
        Assert.Equal((ExitCode.Ok, ""), (result.Exit, result.Error));

        // 5 blocks: rows of 64 are 4 blocks of 72 bits; rows of 172 are 11 of them, the last ragged and counted as a full one.
        const double Rows64 = 64 + 32 + 32 + 64 + 172 + 172;
        const double Bits = (Rows64 * 4 * 72) + (64 * 11 * 72);
        Assert.Equal(Bits / 45_312, JsonElement.Parse(result.Output).GetProperty("average_bits").GetDouble(), 1e-12);
        Assert.True(File.Exists(Path.Combine(Output, "tokenizer.bin")) || File.Exists(Path.Combine(Output, "tokenizer.model")));
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private (ExitCode Exit, string Output, string Error) Quantize(params string[] options) =>
        CommandLine.Run(["quantize", Model, "--out", Output, .. options]);
}
