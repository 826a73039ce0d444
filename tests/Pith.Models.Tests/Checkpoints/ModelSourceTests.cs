using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints;

public sealed class ModelSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/model.safetensors")]
    public void Open_DirectoryOrItsFile_GivesTheModel(string inside)
    {
        var values = TinyModel.Values(TinyModel.Config, 1);
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, values);
        using var model = ModelSource.Open(folder["m"] + inside);

        Assert.Equal(ModelKind.Directory, model.Kind);
        Assert.Equal(20, model.Config.IntermediateSize);
        Assert.Null(model.TokenizerPath);
        Assert.Empty(model.Plan.Sites);
        Assert.Empty(model.PackedFormats);
        foreach (var (name, expected) in values)
            Assert.Equal(expected, TinyModel.Read(model.Tensors, name));
        Assert.Equal("PITH3200", Assert.Throws<PithException>(model.LoadTokenizer).Error.Code);
    }

    [Fact]
    public void Open_ShardedDirectory_GivesTheModel()
    {
        var values = TinyModel.Values(TinyModel.Config, 2);
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, values);
        File.Delete(folder["m/model.safetensors"]);
        var entries = TinyModel.Entries(TinyModel.Config, TensorType.F32);
        TinyModel.WriteWeights(folder["m/model-1.safetensors"], [.. entries.Take(5)], values);
        TinyModel.WriteWeights(folder["m/model-2.safetensors"], [.. entries.Skip(5)], values);
        var map = entries.Select((entry, index) => $"\"{entry.Name}\":\"model-{(index < 5 ? 1 : 2)}.safetensors\"");
        folder.Write("m/model.safetensors.index.json", "{\"weight_map\":{" + string.Join(",", map) + "}}");
        using var model = ModelSource.Open(folder["m"]);

        foreach (var (name, expected) in values)
            Assert.Equal(expected, TinyModel.Read(model.Tensors, name));
    }

    [Fact]
    public void Open_TiedModelWithAHeadStored_IgnoresTheHead()
    {
        TinyModel.Write(folder["m"], TinyModel.Config with { IsHeadTied = true }, TensorType.F32, [], new TensorEntry("lm_head.weight", TensorType.F32, [24, 16]));
        using var model = ModelSource.Open(folder["m"]);

        Assert.True(model.Config.IsHeadTied);
    }

    [Fact]
    public void Open_MissingTensors_NamesThem()
    {
        TinyModel.Write(folder["m"], TinyModel.Config with { Layers = 1 }, TensorType.F32, []);
        folder.Write("m/config.json", LlamaConfigJson.Write(TinyModel.Config, TensorType.F32));

        var exception = Assert.Throws<PithException>(() => ModelSource.Open(folder["m"]));

        Assert.Equal("PITH3023", exception.Error.Code);
        Assert.Contains("model.layers.1.input_layernorm.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("and 6 more", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherShapes_NamesTheTensor()
    {
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, []);
        folder.Write("m/config.json", LlamaConfigJson.Write(TinyModel.Config with { IntermediateSize = 21 }, TensorType.F32));

        var exception = Assert.Throws<PithException>(() => ModelSource.Open(folder["m"]));

        Assert.Equal("PITH3024", exception.Error.Code);
        Assert.Contains("model.layers.0.mlp.gate_proj.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[21, 16], found [20, 16]", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.pt", "PK\u0003\u0004....", "PyTorch")]
    [InlineData("pytorch_model.bin", "anything", "PyTorch")]
    [InlineData("m.onnx", "anything", "ONNX")]
    public void Open_KindThatIsNotRead_SaysWhichAreKnown(string name, string content, string kind)
    {
        folder.Write(name, Encoding.Latin1.GetBytes(content));
        foreach (var path in new[] { folder[name], folder.Root })
        {
            if (name == "renamed.bin" && path == folder.Root)
                continue; // in a directory kinds are told by name
            var exception = Assert.Throws<PithException>(() => ModelSource.Open(path));
            Assert.Equal(("PITH3002", ExitCode.BadInput), (exception.Error.Code, exception.Error.Exit));
            Assert.Contains(kind, exception.Message, StringComparison.Ordinal);
            Assert.Contains("safetensors", exception.Hint, StringComparison.Ordinal);
            Assert.Contains("llama2.c", exception.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_NothingThere_SaysWhatWasExpected()
    {
        Assert.Equal("PITH3000", Assert.Throws<PithException>(() => ModelSource.Open(folder["none"])).Error.Code);
        Assert.Equal("PITH3001", Assert.Throws<PithException>(() => ModelSource.Open(folder.Root)).Error.Code);
        Assert.Equal("PITH3001", Assert.Throws<PithException>(() => ModelSource.Open(folder.Write("notes.txt", "hello there"))).Error.Code);
        Assert.Equal("PITH3001", Assert.Throws<PithException>(() => ModelSource.Open(folder.Write("empty", ""))).Error.Code);
        folder.Write("config.json", LlamaConfigJson.Write(TinyModel.Config, TensorType.F32));
        Assert.Equal("PITH3001", Assert.Throws<PithException>(() => ModelSource.Open(folder.Root)).Error.Code);
    }

    [Fact]
    public void Open_PlanForOtherSites_IsRefused()
    {
        TinyModel.Write(folder["m"], TinyModel.Config, TensorType.F32, []);
        foreach (var site in new[] { "layers.2.attn.q", "layers.0.mlp.fc1" })
        {
            folder.Write("m/plan.json", """{"version":1,"sites":{"SITE":{"weights":"bfp6:16"}}}""".Replace("SITE", site, StringComparison.Ordinal));
            Assert.Equal("PITH1003", Assert.Throws<PithException>(() => ModelSource.Open(folder["m"])).Error.Code);
        }
    }

    [Theory]
    [InlineData("stories260K/stories260K.bin", "tok512.bin")]
    [InlineData("babyllama105/babyllama105.bin", "tok105.model")]
    [InlineData("bitstories/bitstories-1M.bin", null)]
    public void Open_PublishedBin_FindsTheTokenizerBesideIt(string name, string? tokenizer)
    {
        using var model = ModelSource.Open(SharedData.Require("lm/weights/" + name));

        Assert.Equal(ModelKind.Llama2c, model.Kind);
        Assert.Equal(tokenizer, Path.GetFileName(model.TokenizerPath));
    }
}
