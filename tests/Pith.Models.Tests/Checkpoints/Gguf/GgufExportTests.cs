using Pith.Core.Diagnostics;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class GgufExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_F32_LosesNothing()
    {
        var weights = TinyLlama.Weights(TinyLlama.Config);
        using var source = Source(TinyLlama.Config, weights);
        var report = GgufExport.Write(source, folder["m.gguf"], "f32");
        using var file = GgufFile.Open(folder["m.gguf"]);
        Assert.Equal(source.Config with { EosIds = file.Config.EosIds }, file.Config);
        Assert.Equal(new FileInfo(folder["m.gguf"]).Length, report.Bytes);
        foreach (var (name, entry) in weights.Tensors)
            Assert.Equal(Read(source.Tensors, name, entry.Elements), Read(file, name, entry.Elements));
    }

    [Theory]
    [InlineData("q8_0", 8, 8)]
    [InlineData("q4_0", 2, 8)]
    [InlineData("q4_1", 3, 8)]
    [InlineData("iq4_nl", 20, 8)]
    [InlineData("q4_k", 12, 14)]
    [InlineData("q6_k", 14, 14)]
    [InlineData("mxfp4", 39, 8)]
    [InlineData("f16", 1, 1)]
    [InlineData("bf16", 30, 30)]
    public void Write_Type_StoresRowsInItsBlocks(string type, int matrices, int ends)
    {
        using var source = Source(TinyGguf.Config, TinyLlama.Weights(TinyGguf.Config));
        GgufExport.Write(source, folder["m.gguf"], type);
        using var mapped = MappedFile.Open(folder["m.gguf"]);
        var header = GgufHeader.Read(mapped);
        foreach (var tensor in header.Tensors)
        {
            Assert.Equal(tensor.Shape.Count == 1 ? 0 : tensor.Name.StartsWith("blk.", StringComparison.Ordinal) ? matrices : ends, tensor.Type.Id);
            Assert.Equal(0, tensor.Offset % 32);
        }

        Assert.Equal(0, mapped.Length % 32);

        // The second stored row of a query is the hub's row half a head further; that of a value is the second.
        foreach (var (name, row) in new[] { ("attn_q", TinyGguf.Config.HeadSize / 2), ("attn_v", 1) })
        {
            var tensor = header.Tensors.Single(tensor => tensor.Name == $"blk.0.{name}.weight");
            var values = new float[256];
            source.Tensors.ReadFloats(GgufNames.ToHub(tensor.Name), row * 256, values);
            Assert.Equal(Encode(tensor.Type, values), mapped.Span(tensor.Offset + tensor.RowBytes, tensor.RowBytes).ToArray());
        }
    }

    [Fact]
    public void Write_RowsThatAreNoWholeBlocks_GetATypeThatFits()
    {
        // 96 columns are whole blocks of 32, 36 are none.
        foreach (var (hidden, expected) in new[] { (96, "Q5_0"), (36, "F16") })
        {
            var config = TinyLlama.Config with { HiddenSize = hidden };
            using var source = Source(config, TinyLlama.Weights(config));
            var report = GgufExport.Write(source, folder[$"{hidden}.gguf"], "q4_k");
            Assert.Contains(report.Warnings, warning => warning.Contains(expected, StringComparison.Ordinal));
            using var mapped = MappedFile.Open(folder[$"{hidden}.gguf"]);
            Assert.Equal(expected, GgufHeader.Read(mapped).Tensors.Single(tensor => tensor.Name == "blk.0.attn_q.weight").Type.Name);
        }
    }

    [Theory]
    [InlineData("q4_0", 2u, "q4_0")]
    [InlineData("mxfp4", 39u, "mxfp4:32")]
    public void Write_WeightsPackedInTheType_KeepTheirBits(string type, uint id, string format)
    {
        var weights = TinyLlama.Weights(TinyGguf.Config);
        Func<float[], byte[]> encode = row => Encode(GgmlType.Find(id)!, row);
        using var first = ModelSource.Open(folder.Write("first.gguf", TinyGguf.Model(TinyGguf.Config, weights, id, encode).ToArray()));
        GgufExport.Write(first, folder["second.gguf"], type);
        using var second = GgufFile.Open(folder["second.gguf"]);
        foreach (var name in weights.Tensors.Keys.Where(name => name.Contains("_proj.", StringComparison.Ordinal)))
        {
            var (left, right) = (first.Tensors.ReadPacked(name)!, second.ReadPacked(name)!);
            Assert.Equal(format, right.Codec.Format.ToString());
            Assert.Equal(left.Codes.ToArray(), right.Codes.ToArray());
            Assert.Equal(left.Scales.ToArray(), right.Scales.ToArray());
        }
    }

    [Theory]
    [InlineData(RopeScalingKind.Linear)]
    [InlineData(RopeScalingKind.Yarn)]
    [InlineData(RopeScalingKind.Llama3)]
    public void Write_RopeScaling_IsReadBack(RopeScalingKind kind)
    {
        var config = TinyLlama.Config with
        {
            HeadSize = 64, RopeTheta = 500000, ContextLength = 131072, RopeScaling = new RopeScaling(kind, 8, 1, 4, 8192),
        };
        using var source = Source(config, TinyLlama.Weights(config));
        GgufExport.Write(source, folder["m.gguf"], "f32");
        using var file = GgufFile.Open(folder["m.gguf"]);
        Assert.Equal(new RotaryFrequencies(config, 100).RadiansPerToken, new RotaryFrequencies((LlamaConfig)file.Config, 100).RadiansPerToken);
    }

    [Fact]
    public void Write_DynamicRope_IsRefused()
    {
        var config = TinyLlama.Config with { RopeScaling = new RopeScaling(RopeScalingKind.Dynamic, 2, OriginalContext: 64) };
        using var source = Source(config, TinyLlama.Weights(config));
        Assert.Equal(ModelsErrors.CannotWriteGguf, Assert.Throws<PithException>(() => GgufExport.Write(source, folder["m.gguf"], "f16")).Error);
        Assert.False(File.Exists(folder["m.gguf"]));
    }

    [Fact]
    public void Write_NumberBeyondF16_IsNamed()
    {
        var weights = TinyLlama.Weights(TinyLlama.Config);
        weights.Numbers("model.layers.1.mlp.up_proj.weight")[37] = 1e6f;
        using var source = Source(TinyLlama.Config, weights);
        var error = Assert.Throws<PithException>(() => GgufExport.Write(source, folder["m.gguf"], "f16"));
        Assert.Contains("row 1, column 1", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["m.gguf"]));
    }

    [Fact]
    public void Write_BundledModel_KeepsItsTokenizer()
    {
        var path = Repository.PathOf("models/pith-0.45m");
        using var source = ModelSource.Open(path);
        GgufExport.Write(source, folder["m.gguf"], "q8_0");
        var (before, after) = (source.LoadTokenizer(), TokenizerLoader.Load(folder["m.gguf"]));
        Assert.Equal((before.AddsBos, before.BosToken, before.EosToken), (after.AddsBos, after.BosToken, after.EosToken));
        const string Text = "It was the best of times,  it was the worst\n\tof times; 1859 été <|endoftext|>.";
        Assert.Equal(before.Tokenizer.Encode(Text), after.Tokenizer.Encode(Text));
        Assert.Equal(before.Tokenizer.Encode(Text, parseSpecial: true), after.Tokenizer.Encode(Text, parseSpecial: true));
    }

    [Theory]
    [InlineData("tok512.bin")]
    [InlineData("tok512.model")]
    public void Write_SentencePieceModel_KeepsItsTokenizer(string tokenizer)
    {
        var path = SharedData.Require("lm/weights/stories260K/stories260K.bin");
        using var source = ModelSource.Open(path, SharedData.Require("lm/weights/stories260K/" + tokenizer));
        GgufExport.Write(source, folder["m.gguf"], "f16");
        var (before, after) = (source.LoadTokenizer().Tokenizer, TokenizerLoader.Load(folder["m.gguf"]).Tokenizer);
        foreach (var text in new[] { "Once upon a time, there was a little girl named Lily.", "Tom & Jerry's été\n日本" })
            Assert.Equal(before.Encode(text), after.Encode(text));
        Assert.Equal((before.BosId, before.EosId), (after.BosId, after.EosId));
    }

    [Theory]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]}""", true)]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}""", false)]
    public void Read_MergesWithByteFallback_BecomeScores(string normalizer, bool addsSpace)
    {
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "\u2581", "a", "b", "\u2581a", "ab", "\u2581ab", "ba"];
        var vocabulary = "{" + string.Join(",", tokens.Select((token, id) => $"\"{token}\":{id}")) + "}";
        var added = string.Join(",", Enumerable.Range(0, 3).Select(id => $"{{\"id\":{id},\"content\":\"{tokens[id]}\",\"special\":true,\"normalized\":false}}"));
        File.WriteAllText(
            folder["tokenizer.json"],
            "{\"added_tokens\":[" + added + "],\"normalizer\":" + normalizer + ",\"pre_tokenizer\":null,\"decoder\":null,"
            + "\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"fuse_unk\":true,\"byte_fallback\":true,\"vocab\":" + vocabulary
            + ",\"merges\":[\"a b\",\"\u2581 a\",\"\u2581 ab\",\"b a\"]}}");
        var bundle = TokenizerLoader.Load(folder["tokenizer.json"]);
        var found = GgufVocabularySource.Read(bundle, tokens.Length + 2);
        Assert.Equal((addsSpace, "[PAD267]"), (found.AddsSpace, found.Tokens[^1]));
        var again = SentencePieceModel.Parse(GgufPieces.Write(found));
        foreach (var text in new[] { "ab ba abab  a", "bab c\n", "é a" })
            Assert.Equal(bundle.Tokenizer.Encode(text), again.Encode(text));
    }

    [Theory]
    [InlineData("gpt-2", "gpt-2")]
    [InlineData("llama3", "llama-bpe")]
    [InlineData("smaug-bpe", "dbrx")]
    [InlineData("megrez", "qwen2")]
    [InlineData("smollm", "starcoder")]
    [InlineData("default", "default")]
    public void Read_SplittingPattern_GetsTheFirstOfItsNames(string name, string expected)
    {
        var vocabulary = new GgufVocabulary { Model = GgufVocabulary.Gpt2, Pre = name, Tokens = ["a", "b", "ab"], Types = [.. Enumerable.Repeat(GgufTokenType.Normal, 3)], Merges = ["a b"] };
        File.WriteAllBytes(folder["tokenizer.json"], GgufTokenizerJson.Write(vocabulary, "v.gguf"));
        Assert.Equal(expected, GgufVocabularySource.Read(TokenizerLoader.Load(folder["tokenizer.json"]), 3).Pre);
    }

    private static byte[] Encode(GgmlType type, float[] row)
    {
        var bytes = new byte[row.Length / type.BlockValues * type.BlockBytes];
        if (type.Plain is { } plain)
            TensorTypes.FromFloats(plain, row, bytes);
        else if (type.IsMxfp4)
            GgmlMxfp4.Encode(row, bytes);
        else
            FormatCodecs.For(type.Format!).Encode(row, bytes, []);
        return bytes;
    }

    private static float[] Read(ITensorSource source, string name, long elements)
    {
        var values = new float[elements];
        source.ReadFloats(name, 0, values);
        return values;
    }

    private ModelSource Source(LlamaConfig config, MemoryTensorSource weights)
    {
        var path = folder[Guid.NewGuid().ToString("N")];
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "config.json"), LlamaConfigJson.Write(config, TensorType.F32));
        using (var writer = SafetensorsWriter.Create(Path.Combine(path, "model.safetensors"), [.. weights.Tensors.Values]))
        {
            foreach (var name in weights.Tensors.Keys)
                writer.WriteFloats(name, weights.Numbers(name));
            writer.Finish();
        }

        return ModelSource.Open(path);
    }
}
