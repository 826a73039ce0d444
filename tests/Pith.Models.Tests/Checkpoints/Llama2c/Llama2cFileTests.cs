using System.Buffers.Binary;
using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Llama2c;

public sealed class Llama2cFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(2, false, false)]
    [InlineData(2, true, true)]
    [InlineData(2, false, true)]
    public void Open_FileOfExport_GivesHubTensors(int version, bool isTied, bool hasScalesLast)
    {
        var model = new TinyLlama2c(version, isTied, seed: 5) { HasScalesLast = hasScalesLast };
        using var file = Llama2cFile.Open(folder.Write("a.bin", model.Write()));

        Assert.Equal((version, isTied, false), (file.Version, file.Config.IsHeadTied, file.Config.IsBitLinear));
        Assert.Equal((8, 12, 2, 2, 1, 4, 10, 6), (file.Config.HiddenSize, file.Config.IntermediateSize, file.Config.Layers, file.Config.Heads, file.Config.KvHeads, file.Config.HeadSize, file.Config.VocabularySize, file.Config.ContextLength));
        ExpectedTensors.Check(file.Config, file, "a.bin");
        Assert.Equal(model.Hub.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, values) in model.Hub)
            Assert.Equal(values, Read(file, name));
    }

    [Fact]
    public void Read_AnyRange_EqualsThatPartOfTheWhole() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 63], Gen.Int[0, 63]).Sample((version, start, end) =>
    {
        if (start > end)
            (start, end) = (end, start);
        using var file = Llama2cFile.Open(folder.Write($"{version}-{start}-{end}.bin", new TinyLlama2c(version, true, 3).Write()));
        const string Name = "model.layers.1.self_attn.q_proj.weight";
        var whole = Read(file, Name);
        var part = new float[end - start];
        file.ReadFloats(Name, start, part);
        Assert.Equal(whole[start..end], part);
        var bytes = new byte[(end - start) * 3];
        file.ReadBytes(Name, start * 4, bytes);
        Assert.Equal(whole.SelectMany(BitConverter.GetBytes).Skip(start * 4).Take(bytes.Length), bytes);
    }, threads: 1);

    [Theory]
    [InlineData("stories260K/stories260K.bin", 0, 260_032)]
    [InlineData("babyllama105/babyllama105.bin", 0, 936_448)]
    [InlineData("bitstories/bitstories-1M.bin", 1, 1_245_312)]
    [InlineData("bitstories/bitstories-3M.bin", 1, 3_277_056)]
    public void Open_PublishedCheckpoint_ReadsEveryTensor(string name, int version, long parameters)
    {
        using var file = Llama2cFile.Open(SharedData.Require("lm/weights/" + name));

        Assert.Equal(version, file.Version);
        Assert.Equal(version == 1, file.Config.IsBitLinear);
        ExpectedTensors.Check(file.Config, file, name);
        Assert.Equal(parameters, file.Tensors.Values.Sum(entry => entry.Elements));
        foreach (var entry in file.Tensors.Values)
        {
            var values = Read(file, entry.Name);
            Assert.All(values, value => Assert.True(Math.Abs(value) < 100)); // NaN fails too
            Assert.Contains(values, value => value != 0);
        }
    }

    [Theory]
    [InlineData(0, 0, 0)] // dim
    [InlineData(0, 0, -8)]
    [InlineData(0, 0, int.MaxValue)]
    [InlineData(0, 0, 9)]
    [InlineData(0, 8, 4097)] // n_layers
    [InlineData(0, 8, 4000)]
    [InlineData(0, 12, 0)] // n_heads
    [InlineData(0, 12, 8)]
    [InlineData(0, 16, 3)] // n_kv_heads
    [InlineData(0, 20, int.MinValue)] // vocab_size
    [InlineData(0, 20, 0)]
    [InlineData(0, 20, -10)]
    [InlineData(0, 24, -1)] // max_seq_len
    [InlineData(1, 4, 3)] // version
    [InlineData(1, 4, -1)]
    [InlineData(1, 28, 11)]
    [InlineData(2, 37, 0)] // group_size
    [InlineData(2, 37, 3)]
    [InlineData(2, 37, 8)]
    [InlineData(2, 37, int.MinValue)]
    public void Open_LyingHeader_IsRefused(int version, int offset, int value)
    {
        var bytes = new TinyLlama2c(version, true, 1).Write();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        var path = folder.Write("a.bin", bytes);

        var exception = Assert.Throws<PithException>(() => Llama2cFile.Open(path));

        Assert.Equal("PITH3030", exception.Error.Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Open_OtherLength_IsRefused(int version)
    {
        var bytes = new TinyLlama2c(version, false, 1).Write();
        foreach (var length in new[] { 0, 3, 27, 28, 100, 255, 256, bytes.Length - 1 })
            Assert.Equal("PITH3030", Assert.Throws<PithException>(() => Llama2cFile.Open(folder.Write("a.bin", bytes[..length]))).Error.Code);
        Assert.Equal("PITH3030", Assert.Throws<PithException>(() => Llama2cFile.Open(folder.Write("a.bin", [.. bytes, 0]))).Error.Code);
    }

    [Fact]
    public void ReadFloats_ScaleThatIsNotFinite_NamesTensorAndOffset()
    {
        var bytes = new TinyLlama2c(2, true, 1).Write();
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - 4), float.NaN);
        using var file = Llama2cFile.Open(folder.Write("a.bin", bytes));

        var exception = Assert.Throws<PithException>(() => Read(file, "model.layers.1.mlp.up_proj.weight"));

        Assert.Equal("PITH3030", exception.Error.Code);
        Assert.Contains("model.layers.1.mlp.up_proj.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"byte {bytes.Length - 4}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFloats_CodeThatIsNotTernary_NamesTensorAndOffset()
    {
        var bytes = SharedData.ReadBytes("lm/weights/bitstories/bitstories-1M.bin");
        bytes[^1] = 0b1011_0000;
        using var file = Llama2cFile.Open(folder.Write("a.bin", bytes));

        var exception = Assert.Throws<PithException>(() => Read(file, "model.layers.7.mlp.up_proj.weight"));

        Assert.Equal("PITH3030", exception.Error.Code);
        Assert.Contains($"byte {bytes.Length - 1}", exception.Message, StringComparison.Ordinal);
    }

    private static float[] Read(Llama2cFile source, string name)
    {
        var values = new float[source.Tensors[name].Elements];
        source.ReadFloats(name, 0, values);
        return values;
    }
}
