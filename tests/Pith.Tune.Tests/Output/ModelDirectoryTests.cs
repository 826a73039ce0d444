using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Kernels.Conversions;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Training;
using Pith.Tune.Llama;
using Pith.Tune.Output;
using Pith.Tune.Training;
using Pith.Tune.Text;

namespace Pith.Tune.Tests.Output;

public sealed class ModelDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;

    private string Target => Path.Combine(_folder, "toy");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_Model_IsReadBackByTheProduct()
    {
        var record = Record();
        ModelDirectory.Write(Target, record, replace: false);
        Assert.Equal(
            ["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "training.json"],
            Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var config = LlamaConfigJson.Read(File.ReadAllBytes(Path.Combine(Target, "config.json")), "config.json");
        Assert.Equal(record.Options.Model with { EosIds = [] }, config with { EosIds = [] });
        Assert.Equal([0], config.EosIds);

        using var file = SafetensorsFile.Open(Path.Combine(Target, "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        ExpectedTensors.Check(config, file, Target);
        foreach (var (name, values) in record.Result.Weights)
        {
            Assert.Equal(TensorType.BF16, file.Tensors[name].Type);
            var stored = new float[values.Length];
            file.ReadFloats(name, 0, stored);
            Assert.Equal(values.Select(value => FloatConversion.FromBFloat16(FloatConversion.ToBFloat16(value))), stored);
        }
        Assert.Equal(278, TokenizerLoader.Load(Target).Tokenizer.VocabularySize);
    }

    [Fact]
    public void Write_Model_LogitsOfProductAndTorchAgree()
    {
        var record = Record();
        ModelDirectory.Write(Target, record, replace: false);
        LogitsComparison.AssertAgree(Target, [0, 65, 260, 277, 1, 66, 7, 7, 270]);
    }

    [Fact]
    public void Write_Training_SaysHowItWasMade()
    {
        var record = Record();
        ModelDirectory.Write(Target, record, replace: false);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Target, "training.json")));
        var root = document.RootElement;
        Assert.Equal("pith train model --seed 7", root.GetProperty("command").GetString());
        Assert.Equal(record.Text.TextDigest, root.GetProperty("data").GetProperty("sha256").GetString());
        Assert.Equal("toy.txt", root.GetProperty("data").GetProperty("file").GetString());
        var curve = root.GetProperty("loss_curve").EnumerateArray().ToList();
        Assert.Equal(record.Result.Losses.Count, curve[^1].GetProperty("step").GetInt32());
        Assert.Equal(record.Result.Losses[0], curve[0].GetProperty("loss").GetDouble(), 1e-5);
        Assert.Contains("a toy text", File.ReadAllText(Path.Combine(Target, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NameTaken_LeavesWhatIsThere()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine"), "");
        Assert.Throws<PithException>(() => ModelDirectory.Write(Target, Record(), replace: false));
        Assert.Equal("mine", Path.GetFileName(Assert.Single(Directory.GetFiles(Target))));
    }

    private TrainingRecord Record()
    {
        var source = Path.Combine(_folder, "toy.txt");
        File.WriteAllText(source, string.Concat(Enumerable.Range(0, 60).Select(i => $"The {i % 7} cats sat on the {i % 3} mats.\n")));
        var trainer = new BytePairTrainer(278, 1);
        trainer.Add(File.ReadAllText(source));
        trainer.Train(TestContext.Current.CancellationToken).Save(_folder);
        var tokenizer = TokenizerLoader.Load(_folder);
        var text = TrainingText.Load(source, tokenizer, null, TestContext.Current.CancellationToken);
        var blocks = new TokenBlocks(text.Ids, 0, 16, 0.1);
        var options = Toys.Options(3) with { Model = Toys.Config with { VocabularySize = 278 } };
        return new TrainingRecord
        {
            Name = "toy",
            Command = "pith train model --seed 7",
            Commit = null,
            DataPath = "toy.txt",
            DataNote = "a toy text",
            Text = text,
            Tokenizer = tokenizer,
            Options = options,
            Blocks = blocks,
            Result = new Trainer(options, blocks, 1).Run(false, null, TestContext.Current.CancellationToken),
            Threads = 1,
        };
    }
}
