using System.Text.Json;
using Pith.Cli.Frame;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;
using Pith.TestKit;
using Pith.Tune.Cli;
using Pith.Tune.Output;
using Pith.Tune.Text;
using Pith.Tune.Training;
using Pith.Tune.Tuning;

namespace Pith.Tune.Tests.Cli;

public sealed class TuneVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;
    private readonly string _model = BundledModels.Require("pith-0.45m");

    public TuneVerbTests() => File.WriteAllText(In("toy.txt"), string.Concat(Enumerable.Range(0, 300).Select(i => $"The {i % 7} cats sat on the {i % 3} mats.\n")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_Quantized_TheProductMeasuresTheLossThatTuningSaw()
    {
        var (exit, output, messages) = Run("m", ["--weights", "mxint4:16", "--activations", "mxint4:16", "--quantized", In("q"), "--json"]);
        Assert.Equal(0, exit);
        Assert.Empty(messages);
        var document = JsonElement.Parse(output);
        var loss = document.GetProperty("validation_loss").GetDouble();
        Assert.True(loss < document.GetProperty("validation_loss_before").GetDouble());
        Assert.Equal(4.5, document.GetProperty("average_bits").GetDouble(), 1e-9);

        var packed = LanguageModel.Open(In("q"), workers: Workers.Single, cancellation: TestContext.Current.CancellationToken);
        // Sums in float32 differ in their last bits, about 1e-6 of a number, and push as many of a million inputs over the border to the next
        // of 15 codes. Rounding all of them costs some 0.1 nats; a share f of them moves the loss of a token by about 0.1 · √f at random
        // (f ≈ 1e-5 · 15, half a step being a fifteenth), the mean over 250 tokens by less: 0.1 · 0.012 ≈ 1e-3.
        Assert.Equal(loss, ValidationLoss(packed), 1e-3);
        Assert.Equal(Plan.Load(Path.Combine(In("m"), ModelDirectory.PlanName)).ToJson(), packed.Plan.ToJson());
    }

    [Fact]
    public void Run_WeightsOnly_TheProductMeasuresTheLossThatTuningSaw()
    {
        var (exit, output, _) = Run("m", ["--weights", "mxint4:16", "--quantized", In("q"), "--json"]);
        Assert.Equal(0, exit);
        var packed = LanguageModel.Open(In("q"), workers: Workers.Single, cancellation: TestContext.Current.CancellationToken);
        // Weights have the same bits on both sides and nothing else is rounded: float32 in another order, as between plain models.
        Assert.Equal(JsonElement.Parse(output).GetProperty("validation_loss").GetDouble(), ValidationLoss(packed), 1e-4);
    }

    [Fact]
    public void Run_WithoutFormats_TunesInFloats()
    {
        var (exit, output, _) = Run("m", []);
        Assert.Equal(0, exit);
        Assert.Contains("validation loss", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(In("m"), ModelDirectory.PlanName)));
        Assert.False(File.Exists(In("m.training")));
        var model = LanguageModel.Open(In("m"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(512, model.Config.ContextLength);
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(In("m"), "training.json")));
        Assert.Equal(_model, record.RootElement.GetProperty("start").GetProperty("model").GetString());
        Assert.Contains("tuned", File.ReadAllText(Path.Combine(In("m"), "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StoppedAndResumed_WritesTheSameWeights()
    {
        string[] formats = ["--weights", "mxint4:16"];
        Assert.Equal(0, Run("whole", formats).Exit);
        using var stop = new CancellationTokenSource();
        Assert.Equal(130, Program(TextWriter.Null, new StoppingWriter("step 1/", stop)).Run(Arguments("parts", formats), stop.Token));
        Assert.True(File.Exists(In("parts.training")));

        var (exit, _, refusal) = Run("parts", ["--weights", "mxint6:16", "--resume", "--json"]);
        Assert.Equal((3, "PITH5002"), (exit, JsonElement.Parse(refusal).GetProperty("error").GetProperty("code").GetString()));

        Assert.Equal(0, Run("parts", [.. formats, "--resume", "--threads", "1"]).Exit);
        Assert.Equal(File.ReadAllBytes(Path.Combine(In("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(In("parts"), "model.safetensors")));
    }

    [Theory]
    [InlineData("--weights nothing", 3, "PITH")]
    [InlineData("--quantized q", 2, "PITH")]
    [InlineData("--quantized m --weights mxint4:16", 2, "PITH9001")]
    [InlineData("--context 1", 2, "PITH9001")]
    [InlineData("--context 513", 2, "PITH9001")]
    [InlineData("--batch 0", 2, "PITH9001")]
    [InlineData("--tokens -1", 2, "PITH9001")]
    [InlineData("--plan none", 3, "PITH")]
    public void Run_WrongCall_SaysSo(string line, int exit, string code)
    {
        var more = line.Split(' ').Select(word => word is "q" or "m" or "none" ? In(word) : word);
        using var messages = new StringWriter();
        var found = Program(TextWriter.Null, messages).Run([.. Arguments("m", []), .. more], TestContext.Current.CancellationToken);
        Assert.Contains("error " + code, messages.ToString(), StringComparison.Ordinal);
        Assert.Equal(exit, found);
        Assert.False(Path.Exists(In("m")));
    }

    [Fact]
    public void Run_QuantizedModel_IsRefused()
    {
        Assert.Equal(0, Run("m", ["--weights", "mxint4:16", "--quantized", In("q"), "--tokens", "100"]).Exit);
        using var messages = new StringWriter();
        var exit = Program(TextWriter.Null, messages).Run(["tune", In("q"), "--text", In("toy.txt"), "--out", In("n")], TestContext.Current.CancellationToken);
        Assert.Equal(3, exit);
        Assert.Contains("error PITH5007", messages.ToString(), StringComparison.Ordinal);
    }

    // The blocks which tuning holds back, scored by the product.
    private double ValidationLoss(LanguageModel model)
    {
        var text = TrainingText.Load(In("toy.txt"), model.Tokenizer, null, TestContext.Current.CancellationToken);
        var blocks = new TokenBlocks(text.Ids, 0, 64, TuneDefaults.ValidationShare);
        var windows = Enumerable.Range(0, blocks.ValidationCount).Select(index =>
        {
            var block = new long[64];
            blocks.ReadValidation(index, block);
            return new EvaluationWindow(Array.ConvertAll(block, id => (int)id), 1, 1);
        }).ToList();
        return Perplexity.Measure(model.Model, windows, null, Workers.Single, null, TestContext.Current.CancellationToken).Nll;
    }

    private (int Exit, string Output, string Messages) Run(string name, string[] more)
    {
        using var output = new StringWriter();
        using var messages = new StringWriter();
        var exit = Program(output, messages).Run(Arguments(name, more), TestContext.Current.CancellationToken);
        return (exit, output.ToString(), messages.ToString());
    }

    private static Application Program(TextWriter output, TextWriter messages) => new(TuneVerbs.Description, TuneVerbs.All, output, messages);

    private string[] Arguments(string name, string[] more) =>
    [
        "tune", _model, "--text", In("toy.txt"), "--cache", In("cache"), "--out", In(name),
        .. Default("--tokens", "2000", more), .. Default("--context", "64", more), .. Default("--batch", "4", more), .. more,
    ];

    private static string[] Default(string option, string value, string[] given) => given.Contains(option) ? [] : [option, value];

    private string In(string name) => Path.Combine(_folder, name);
}
