using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Models.Tests.Checkpoints;

public sealed class ShardedSafetensorsTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly TemporaryFolder folder = new();

    public ShardedSafetensorsTests()
    {
        Write("one.safetensors", "a", "b");
        Write("two.safetensors", "c", "b");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_TwoShards_GivesTheTensorsOfTheIndex()
    {
        folder.Write(Index, """{"metadata":{"total_size":12},"weight_map":{"c":"two.safetensors","a":"one.safetensors","b":"one.safetensors"}}""");
        using var checkpoint = ShardedSafetensors.Open(folder[Index]);

        Assert.Equal(["a", "b", "c"], checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["c", "a", "b"], checkpoint.InFileOrder.Select(entry => entry.Name));
        var value = new float[1];
        checkpoint.ReadFloats("b", 0, value);
        Assert.Equal('o' * 1000 + 'b', value[0]);
        checkpoint.ReadFloats("c", 0, value);
        Assert.Equal('t' * 1000 + 'c', value[0]);
        Assert.Null(checkpoint.ReadPacked("a"));
        Assert.Throws<ArgumentException>(() => checkpoint.ReadFloats("d", 0, value));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":"..\\one.safetensors"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":".."}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":""}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":"one\u0000.safetensors"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":1}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":null}}""", "PITH3014")]
    [InlineData("""{"weight_map":[]}""", "PITH3014")]
    [InlineData("""{"metadata":{}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"z":"one.safetensors"}}""", "PITH3014")]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "PITH3000")]
    [InlineData("""{"weight_map":{"a":"model.safetensors.index.json"}}""", "PITH3013")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""", "PITH3014")]
    [InlineData("[", "PITH3014")]
    [InlineData("", "PITH3014")]
    public void Open_WrongIndex_IsRefused(string index, string code)
    {
        folder.Write(Index, index);

        Assert.Equal(code, Assert.Throws<PithException>(() => ShardedSafetensors.Open(folder[Index])).Error.Code);
    }

    private void Write(string file, params string[] names) => TinyModel.WriteWeights(
        folder[file],
        [.. names.Select(name => new TensorEntry(name, TensorType.F32, [1]))],
        names.ToDictionary(name => name, name => new[] { (file[0] * 1000f) + name[0] }, StringComparer.Ordinal));
}
