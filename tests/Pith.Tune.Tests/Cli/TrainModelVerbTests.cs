using System.Text.Json;
using Pith.Cli.Frame;
using Pith.Models.Tokenizers.Training;
using Pith.Tune.Cli;

namespace Pith.Tune.Tests.Cli;

public sealed class TrainModelVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;

    public TrainModelVerbTests()
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => $"The {i % 7} cats sat on the {i % 3} mats.\n"));
        File.WriteAllText(In("toy.txt"), text);
        var trainer = new BytePairTrainer(270);
        trainer.Add(text);
        Directory.CreateDirectory(In("tok"));
        trainer.Train(TestContext.Current.CancellationToken).Save(In("tok"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_Toy_WritesTheModelAndTellsSo()
    {
        var (exit, output, messages) = Run("m", ["--json"]);
        Assert.Equal(0, exit);
        var document = JsonElement.Parse(output);
        Assert.Equal(In("m"), document.GetProperty("out").GetString());
        // 270·16 + 2·(4·16² + 3·16·24 + 2·16) + 16.
        Assert.Equal(8752, document.GetProperty("parameters").GetInt64());
        Assert.Empty(messages);
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(In("m"), "training.json")));
        var command = record.RootElement.GetProperty("command").GetString()!;
        Assert.StartsWith("pith train model --size custom", command, StringComparison.Ordinal);
        Assert.DoesNotContain("--json", command, StringComparison.Ordinal);
        Assert.False(File.Exists(In("m.training")));
    }

    [Fact]
    public void Run_StoppedAndResumed_WritesTheSameWeights()
    {
        Assert.Equal(0, Run("whole", []).Exit);
        using var stop = new CancellationTokenSource();
        var messages = new StoppingWriter("step 1/", stop);
        Assert.Equal(130, Program(TextWriter.Null, messages).Run(Arguments("parts", []), stop.Token));
        Assert.True(File.Exists(In("parts.training")));
        Assert.False(Directory.Exists(In("parts")));

        var (exit, _, refusal) = Run("parts", ["--json"]);
        Assert.Equal(3, exit);
        Assert.Equal("PITH5002", JsonElement.Parse(refusal).GetProperty("error").GetProperty("code").GetString());

        Assert.Equal(0, Run("parts", ["--resume", "--threads", "1"]).Exit);
        Assert.Equal(File.ReadAllBytes(Path.Combine(In("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(In("parts"), "model.safetensors")));
    }

    [Fact]
    public void Run_OutputExists_IsRefusedBeforeAnyWork()
    {
        Directory.CreateDirectory(In("m"));
        var (exit, _, messages) = Run("m", []);
        Assert.Equal(2, exit);
        Assert.Contains("PITH1010", messages, StringComparison.Ordinal);
        Assert.DoesNotContain("Reading", messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size pith-9m --data toy.txt --tokenizer tok --out m", 2, "PITH9001")]
    [InlineData("--size pith-0.45m --data none.txt --tokenizer tok --out m", 3, "PITH3303")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer none --out m", 3, "PITH32")]
    [InlineData("--size custom --data toy.txt --tokenizer tok --out m", 2, "PITH9001")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer tok --out m --batch 0", 2, "PITH9001")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer tok --out m --tokens -1", 2, "PITH9001")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer tok --out m --context 100000", 3, "PITH5001")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer tok --out m --context 1", 2, "PITH9001")]
    [InlineData("--size pith-0.45m --data toy.txt --tokenizer tok --out m --threads 0", 2, "PITH9001")]
    public void Run_WrongCall_SaysSo(string line, int exit, string code)
    {
        var args = line.Split(' ').Select(word => word is "toy.txt" or "none.txt" or "tok" or "none" or "m" ? In(word) : word);
        using var messages = new StringWriter();
        Assert.Equal(exit, Program(TextWriter.Null, messages).Run(["train", "model", "--cache", In("cache"), .. args], TestContext.Current.CancellationToken));
        Assert.Contains("error " + code, messages.ToString(), StringComparison.Ordinal);
        Assert.False(Path.Exists(In("m")));
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
        "train", "model", "--size", "custom", "--width", "16", "--layers", "2", "--intermediate", "24", "--head-size", "8", "--context", "16",
        "--data", In("toy.txt"), "--tokenizer", In("tok"), "--tokens", "3000", "--cache", In("cache"), "--out", In(name), .. more,
    ];

    private string In(string name) => Path.Combine(_folder, name);
}
