using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, uint> BlockTypes => new()
    {
        { "q8_0", 8 }, { "q4_0", 2 }, { "q4_1", 3 }, { "q5_0", 6 }, { "q5_1", 7 }, { "q2_k", 10 }, { "q3_k", 11 }, { "q4_k", 12 }, { "q5_k", 13 },
        { "q6_k", 14 }, { "iq4_nl", 20 }, { "iq4_xs", 23 },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("llama", 2u)]
    [InlineData("llama", 3u)]
    [InlineData("qwen2", 3u)]
    public void ReadFloats_F32_GivesHubNamesAndRows(string type, uint version)
    {
        var config = TinyLlama.Config with { ModelType = type, HasQkvBias = true, HasOutputBias = type == "llama" };
        var weights = TinyLlama.Weights(config);
        var bytes = TinyGguf.Model(config, weights).ToArray();
        bytes[4] = (byte)version;
        using var file = GgufFile.Open(folder.Write("m.gguf", bytes));
        Assert.Equal(config with { EosIds = file.Config.EosIds }, file.Config);
        Assert.Equal(config.EosIds, file.Config.EosIds);
        Assert.Equal(weights.Tensors.Keys.Order(), file.Tensors.Keys.Order());
        foreach (var (name, entry) in weights.Tensors)
        {
            var found = new float[entry.Elements];
            file.ReadFloats(name, 0, found);
            Assert.Equal(weights.Numbers(name), found);
            var raw = new byte[entry.Bytes - 4];
            file.ReadBytes(name, 4, raw);
            Assert.Equal(weights.Numbers(name)[1..], MemoryMarshal.Cast<byte, float>(raw).ToArray());
            Assert.Null(file.ReadPacked(name));
        }
    }

    [Fact]
    public void ReadFloats_Halves_AreWidened()
    {
        var weights = TinyLlama.Weights(TinyLlama.Config);
        var path = folder.Write("m.gguf", TinyGguf.Model(TinyLlama.Config, weights, 1, row => [.. row.SelectMany(value => BitConverter.GetBytes((Half)value))]).ToArray());
        using var file = GgufFile.Open(path);
        foreach (var (name, entry) in weights.Tensors.Where(tensor => tensor.Value.Shape.Count == 2))
        {
            Assert.Equal(TensorType.F16, file.Tensors[name].Type);
            var found = new float[entry.Elements];
            file.ReadFloats(name, 0, found);
            Assert.Equal(weights.Numbers(name).Select(value => (float)(Half)value), found);
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void ReadPacked_Blocks_AreTheRowsOfTheHub(string format, uint type)
    {
        var weights = TinyLlama.Weights(TinyGguf.Config);
        var path = folder.Write("m.gguf", TinyGguf.Model(TinyGguf.Config, weights, type, row => TinyGguf.Encode(format, row)).ToArray());
        using var file = GgufFile.Open(path);
        foreach (var (name, entry) in weights.Tensors.Where(tensor => tensor.Value.Shape.Count == 2))
        {
            Assert.Equal(format, file.PackedFormats[name].ToString());
            Assert.Equal(TensorType.F32, file.Tensors[name].Type);
            var rounded = weights.Numbers(name).Chunk(entry.Columns).SelectMany(row =>
            {
                FormatCodecs.For(file.PackedFormats[name]).Round(row, row);
                return row;
            }).ToArray();
            AssertReads(file, name, entry, rounded);
        }
    }

    [Fact]
    public void ReadPacked_Mxfp4_HasTheLayoutOfTheProduct()
    {
        var weights = TinyLlama.Weights(TinyGguf.Config);
        byte[] Encode(float[] row)
        {
            var bytes = new byte[row.Length / 32 * 17];
            GgmlMxfp4.Encode(row, bytes);
            return bytes;
        }

        using var file = GgufFile.Open(folder.Write("m.gguf", TinyGguf.Model(TinyGguf.Config, weights, 39, Encode).ToArray()));
        const string Name = "model.layers.0.self_attn.q_proj.weight";
        var matrix = file.ReadPacked(Name)!;
        Assert.Equal("mxfp4:32", matrix.Codec.Format.ToString());

        // Numbers drawn at random meet no ties, where the two encoders differ.
        var expected = PackedMatrix.Pack(matrix.Codec.Format, weights.Numbers(Name), matrix.Columns);
        var rows = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
            expected.DecodeRow(row, rows.AsSpan(row * matrix.Columns, matrix.Columns));
        AssertReads(file, Name, file.Tensors[Name], rows);
    }

    [Fact]
    public void Open_LlamaThreeFactors_AreFoundAgain()
    {
        var config = TinyLlama.Config with
        {
            HeadSize = 64, RopeTheta = 500000, ContextLength = 131072, RopeScaling = new RopeScaling(RopeScalingKind.Llama3, 32, 1, 4, 8192),
        };
        var scaled = new RotaryFrequencies(config, 1).RadiansPerToken;
        var factors = Enumerable.Range(0, 32).Select(i => (float)(Math.Pow(500000, -2.0 * i / 64) / scaled[i])).ToArray();
        var path = folder.Write("m.gguf", TinyGguf.Model(config, TinyLlama.Weights(config)).Tensor("rope_freqs.weight", 0, GgufBytes.Floats(factors), 32).ToArray());
        using var file = GgufFile.Open(path);
        Assert.Equal(RopeScalingKind.Llama3, ((LlamaConfig)file.Config).RopeScaling.Kind);
        Assert.Equal(scaled, new RotaryFrequencies((LlamaConfig)file.Config, 1).RadiansPerToken);
    }

    [Fact]
    public void Open_FactorsOfNoKnownModel_AreRefused()
    {
        var path = folder.Write("m.gguf", TinyGguf.Model(TinyLlama.Config, TinyLlama.Weights(TinyLlama.Config)).Tensor("rope_freqs.weight", 0, GgufBytes.Floats(1, 2, 9), 3).ToArray());
        Assert.Equal(ModelsErrors.UnsupportedFeature, Assert.Throws<PithException>(() => GgufFile.Open(path)).Error);
    }

    [Theory]
    [InlineData("linear", RopeScalingKind.Linear)]
    [InlineData("yarn", RopeScalingKind.Yarn)]
    [InlineData("none", RopeScalingKind.None)]
    public void Open_RopeScaling_IsReadFromMetadata(string type, RopeScalingKind kind)
    {
        var file = TinyGguf.Model(TinyLlama.Config, TinyLlama.Weights(TinyLlama.Config))
            .Pair("llama.rope.scaling.type", type).Pair("llama.rope.scaling.factor", 4f).Pair("llama.rope.scaling.original_context_length", 16u);
        using var opened = GgufFile.Open(folder.Write("m.gguf", file.ToArray()));
        Assert.Equal(kind, ((LlamaConfig)opened.Config).RopeScaling.Kind);
        if (kind != RopeScalingKind.None)
            Assert.Equal((4, 16), (((LlamaConfig)opened.Config).RopeScaling.Factor, ((LlamaConfig)opened.Config).RopeScaling.OriginalContext));
    }

    [Fact]
    public void Import_Blocks_StayAsTheyAre()
    {
        var weights = TinyLlama.Weights(TinyGguf.Config);
        var path = folder.Write("m.gguf", TinyGguf.Model(TinyGguf.Config, weights, 14, row => TinyGguf.Encode("q6_k", row)).ToArray());
        using var source = ModelSource.Open(path);
        Assert.Equal(ModelKind.Gguf, source.Kind);
        ModelCopy.Import(source, folder["out"]);
        using var imported = ModelSource.Open(folder["out"]);
        foreach (var name in source.PackedFormats.Keys)
        {
            Assert.Equal("q6_k", imported.PackedFormats[name].ToString());
            Assert.Equal(source.Tensors.ReadPacked(name)!.Codes.ToArray(), imported.Tensors.ReadPacked(name)!.Codes.ToArray());
        }
    }

    private static void AssertReads(GgufFile file, string name, TensorEntry entry, float[] expected)
    {
        var found = new float[entry.Elements];
        file.ReadFloats(name, 0, found);
        Assert.True(expected.AsSpan().SequenceEqual(found), name);

        // A range which starts and ends inside rows.
        var part = new float[entry.Columns + 5];
        file.ReadFloats(name, 3, part);
        Assert.Equal(expected[3..(part.Length + 3)], part);
        var matrix = file.ReadPacked(name)!;
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, part.AsSpan(0, entry.Columns));
            Assert.True(expected.AsSpan(row * entry.Columns, entry.Columns).SequenceEqual(part.AsSpan(0, entry.Columns)), name);
        }
    }
}
