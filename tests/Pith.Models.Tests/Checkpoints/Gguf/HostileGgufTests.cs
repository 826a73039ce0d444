using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

/// <summary>GGUF files that lie: every one ends in a coded error, without memory for what it claims.</summary>
public sealed class HostileGgufTests : IDisposable
{
    private const long MostBytes = 16 << 20;
    private const uint Byte = 0;
    private const uint Text = 8;
    private const uint Array = 9;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> HeaderCases => [.. Headers.Keys];

    public static TheoryData<string> TensorCases => [.. Tensors.Keys];

    public static TheoryData<string> MetadataCases => [.. Metadata.Keys];

    private static Dictionary<string, (ErrorCode Error, Func<byte[]> File)> Headers => new()
    {
        ["empty"] = (ModelsErrors.BadGguf, () => []),
        ["magic alone"] = (ModelsErrors.BadGguf, () => "GGUF"u8.ToArray()),
        ["other magic"] = (ModelsErrors.BadGguf, () => "GGUG\u0003\0\0\0"u8.ToArray()),
        ["version 1"] = (ModelsErrors.GgufVersion, () => new GgufBytes { Version = 1 }.ToArray()),
        ["version 4"] = (ModelsErrors.GgufVersion, () => new GgufBytes { Version = 4 }.ToArray()),
        ["big-endian"] = (ModelsErrors.GgufVersion, () => new GgufBytes { Version = 0x03000000 }.ToArray()),
        ["2^63 tensors"] = (ModelsErrors.TooLarge, () => new GgufBytes { ClaimedTensors = 1UL << 63 }.ToArray()),
        ["more tensors than bytes"] = (ModelsErrors.BadGguf, () => new GgufBytes { ClaimedTensors = 10_000 }.ToArray()),
        ["2^64-1 pairs"] = (ModelsErrors.TooLarge, () => new GgufBytes { ClaimedPairs = ulong.MaxValue }.ToArray()),
        ["more pairs than bytes"] = (ModelsErrors.BadGguf, () => new GgufBytes { ClaimedPairs = 60_000 }.ToArray()),
        ["one pair too many"] = (ModelsErrors.BadGguf, () => new GgufBytes { ClaimedPairs = 2, Alignment = 1 }.Pair("a", 1u).ToArray()),
        ["key of 2^64-1 bytes"] = (ModelsErrors.TooLarge, () => WithPair([.. GgufBytes.UInt64(ulong.MaxValue), .. new byte[16]])),
        ["key beyond the end"] = (ModelsErrors.BadGguf, () => WithPair([.. GgufBytes.UInt64(60_000), .. new byte[16]])),
        ["key twice"] = (ModelsErrors.BadGguf, () => new GgufBytes().Pair("a", 1u).Pair("a", 2u).ToArray()),
        ["unknown value type"] = (ModelsErrors.BadGguf, () => new GgufBytes().Raw("a", 13, new byte[64]).ToArray()),
        ["text of 2^63 bytes"] = (ModelsErrors.TooLarge, () => new GgufBytes().Raw("a", Text, GgufBytes.UInt64(1UL << 63)).ToArray()),
        ["text beyond the end"] = (ModelsErrors.BadGguf, () => new GgufBytes().Raw("a", Text, GgufBytes.UInt64(1 << 20)).ToArray()),
        ["array of 2^64-1 bytes"] = (ModelsErrors.TooLarge, () => Claim(Byte, ulong.MaxValue)),
        ["array of 2^27 bytes"] = (ModelsErrors.BadGguf, () => Claim(Byte, 1 << 27)),
        ["array of 2^27 texts"] = (ModelsErrors.BadGguf, () => Claim(Text, 1 << 27)),
        ["array of 2^27 arrays"] = (ModelsErrors.BadGguf, () => Claim(Array, 1 << 27)),
        ["array of unknown type"] = (ModelsErrors.BadGguf, () => Claim(99, 1)),
        ["arrays in arrays"] = (ModelsErrors.BadGguf, () => new GgufBytes().Raw(
            "a", Array, [.. Enumerable.Repeat(new byte[][] { GgufBytes.UInt32(Array), GgufBytes.UInt64(1) }, 1000).SelectMany(pair => pair.SelectMany(bytes => bytes))]).ToArray()),
        ["alignment 0"] = (ModelsErrors.BadGgufMetadata, () => new GgufBytes().Pair("general.alignment", 0u).ToArray()),
        ["alignment 24"] = (ModelsErrors.BadGgufMetadata, () => new GgufBytes().Pair("general.alignment", 24u).ToArray()),
        ["alignment 2^31"] = (ModelsErrors.BadGgufMetadata, () => new GgufBytes().Pair("general.alignment", 1u << 31).ToArray()),
        ["alignment in words"] = (ModelsErrors.BadGgufMetadata, () => new GgufBytes().Pair("general.alignment", "32").ToArray()),
        ["part of several"] = (ModelsErrors.GgufSplit, () => new GgufBytes().Pair("split.count", 3u).ToArray()),
        ["no architecture"] = (ModelsErrors.BadGgufMetadata, () => new GgufBytes().Pair("a", 1u).ToArray()),
        ["other architecture"] = (ModelsErrors.UnknownArchitecture, () => new GgufBytes().Pair("general.architecture", "mamba").ToArray()),
        ["no tensors"] = (ModelsErrors.NotAModel, () => TinyGguf.Metadata(TinyLlama.Config).ToArray()),
    };

    private static Dictionary<string, (ErrorCode Error, Func<GgufBytes, GgufBytes> Add)> Tensors => new()
    {
        ["no axes"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0)),
        ["five axes"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 1, 1, 1, 1, 1)),
        ["axis of 0"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 4, 0)),
        ["axis of 2^63"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 1UL << 63)),
        ["product beyond 2^64"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 1 << 30, 1 << 30, 1 << 30, 1 << 30)),
        ["row beyond 2^31 bytes"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 1UL << 30)),
        ["offset between alignments"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 4, 1)),
        ["offset 2^64-32"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, ulong.MaxValue - 31, 1)),
        ["offset 2^62"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 1UL << 62, 1)),
        ["beyond the end"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 32, 1 << 20)),
        ["inside another"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 0, 0, 1)),
        ["name twice"] = (ModelsErrors.BadGgufTensor, file => file.Info("output_norm.weight", 0, 0, 1)),
        ["name of 1 MiB"] = (ModelsErrors.TooLarge, file => file.Info(new string('x', 1 << 20), 0, 0, 1)),
        ["rows of half blocks"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 2, 0, 33, 4)),
        ["rows of half large blocks"] = (ModelsErrors.BadGgufTensor, file => file.Info("x", 12, 0, 32, 8)),
        ["type IQ2_XXS"] = (ModelsErrors.GgufTensorType, file => file.Info("x", 16, 0, 256)),
        ["type 12345"] = (ModelsErrors.GgufTensorType, file => file.Info("x", 12345, 0, 256)),
        ["rope factors in blocks"] = (ModelsErrors.BadGgufTensor, file => file.Tensor("rope_freqs.weight", 8, new byte[34], 32)),
        ["query of half a head"] = (ModelsErrors.WrongShape, file => file.Tensor("blk.7.attn_q.weight", 0, new byte[4 * 3], 1, 3)),
    };

    private static Dictionary<string, (ErrorCode Error, Func<GgufBytes> File)> Metadata => new()
    {
        ["heads of no kv heads"] = (ModelsErrors.BadGgufMetadata, () => Config("attention.head_count_kv", 4)),
        ["no layers"] = (ModelsErrors.BadGgufMetadata, () => Config("block_count", 0)),
        ["2^32-1 layers"] = (ModelsErrors.BadGgufMetadata, () => Config("block_count", uint.MaxValue)),
        ["missing layers"] = (ModelsErrors.MissingTensor, () => Config("block_count", 4096)),
        ["other width"] = (ModelsErrors.WrongShape, () => Config("embedding_length", 48)),
        ["experts"] = (ModelsErrors.UnsupportedFeature, () => Config("expert_count", 8)),
        ["part of the head turned"] = (ModelsErrors.UnsupportedFeature, () => Config("rope.dimension_count", 2)),
        ["width in words"] = (ModelsErrors.BadGgufMetadata, () => Change("embedding_length", (file, key) => file.Pair(key, "36"))),
        ["epsilon not a number"] = (ModelsErrors.BadGgufMetadata, () => Change("attention.layer_norm_rms_epsilon", (file, key) => file.Pair(key, float.NaN))),
        ["other rope scaling"] = (ModelsErrors.UnsupportedFeature, () => Change("rope.scaling.type", (file, key) => file.Pair(key, "longrope"))),
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(HeaderCases))]
    public void Open_HeaderThatLies_IsRefused(string name)
    {
        var (error, file) = Headers[name];
        AssertRefused(error, file());
    }

    [Theory]
    [MemberData(nameof(TensorCases))]
    public void Open_TensorThatLies_IsRefused(string name)
    {
        var (error, add) = Tensors[name];
        AssertRefused(error, add(TinyGguf.Model(TinyLlama.Config, TinyLlama.Weights(TinyLlama.Config))).ToArray());
    }

    [Theory]
    [MemberData(nameof(MetadataCases))]
    public void Open_MetadataThatContradict_AreRefused(string name)
    {
        var (error, file) = Metadata[name];
        AssertRefused(error, file().ToArray());
    }

    [Fact]
    public void Open_TypeThatIsNotRead_IsNamed()
    {
        var path = folder.Write("m.gguf", TinyGguf.Model(TinyLlama.Config, TinyLlama.Weights(TinyLlama.Config)).Info("blk.0.x", 16, 0, 256).ToArray());
        var error = Assert.Throws<PithException>(() => ModelSource.Open(path));
        Assert.Contains("IQ2_XXS", error.Message, StringComparison.Ordinal);
        Assert.Contains("blk.0.x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadTokenizer_ArraysOfOtherLengths_AreRefused()
    {
        foreach (var file in new[]
        {
            Vocabulary().Pair("tokenizer.ggml.token_type", 1, 1),
            new GgufBytes().Pair("tokenizer.ggml.model", "llama").Pair("tokenizer.ggml.tokens", "a", "b").Pair("tokenizer.ggml.scores", 1f, 2f, 3f),
            new GgufBytes().Pair("tokenizer.ggml.model", "gpt2").Pair("tokenizer.ggml.tokens", 1, 2),
            new GgufBytes().Pair("tokenizer.ggml.model", "bert").Pair("tokenizer.ggml.tokens", "[UNK]", "▁a\nb"),
        })
        {
            Assert.Equal(ModelsErrors.BadGgufMetadata, Assert.Throws<PithException>(() => TokenizerLoader.Load(folder.Write("v.gguf", file.ToArray()))).Error);
        }
    }

    [Fact]
    public void Open_AnyMutation_EndsWellOrInACodedError()
    {
        var config = TinyLlama.Config with { Layers = 1, VocabularySize = 4 };
        var whole = TinyGguf.Model(config, TinyLlama.Weights(config), 0);
        foreach (var action in new Action<GgufBytes>[]
        {
            file => file.Pair("tokenizer.ggml.model", "gpt2"), file => file.Pair("tokenizer.ggml.pre", "gpt-2"), file => file.Pair("tokenizer.ggml.tokens", "a", "b", "ab", "<|x|>"),
            file => file.Pair("tokenizer.ggml.token_type", 1, 1, 1, 3), file => file.Pair("tokenizer.ggml.merges", "a b", "b a"),
        })
        {
            action(whole);
        }

        var original = whole.ToArray();
        var edit = Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, 3]);
        edit.Array[1, 6].Sample(
            edits =>
            {
                var bytes = original.ToList();
                foreach (var (at, value, kind) in edits)
                {
                    // Most lies are in the header, which is the first fifth of the file.
                    var place = kind == 3 ? at : at / 5;
                    if (place >= bytes.Count)
                        continue;
                    if (kind == 0)
                        bytes.RemoveAt(place);
                    else if (kind == 1)
                        bytes.Insert(place, value);
                    else
                        bytes[place] = kind == 3 && at % 50 == 0 ? bytes[place] : value;
                    if (kind == 3 && at % 50 == 0)
                        bytes.RemoveRange(place, bytes.Count - place);
                }

                var path = folder.Write($"{Guid.NewGuid():N}.gguf", [.. bytes]);
                try
                {
                    using var model = ModelSource.Open(path);
                    foreach (var entry in model.InFileOrder)
                    {
                        if (entry.Type.IsFloat())
                            model.Tensors.ReadFloats(entry.Name, 0, new float[entry.Elements]);
                        _ = model.Tensors.ReadPacked(entry.Name);
                    }

                    if (model.TokenizerPath is not null)
                        _ = model.LoadTokenizer().Tokenizer.Encode("abba");
                }
                catch (PithException exception)
                {
                    Assert.StartsWith("PITH", exception.Error.Code, StringComparison.Ordinal);
                }
                finally
                {
                    File.Delete(path);
                }
            },
            iter: 400);
    }

    private static byte[] WithPair(byte[] pair) => [.. new GgufBytes { ClaimedPairs = 1, Alignment = 1 }.ToArray(), .. pair];

    private static byte[] Claim(uint type, ulong count) =>
        new GgufBytes().Raw("a", Array, [.. GgufBytes.UInt32(type), .. GgufBytes.UInt64(count), .. new byte[256]]).ToArray();

    private static GgufBytes Vocabulary() => new GgufBytes().Pair("tokenizer.ggml.model", "gpt2").Pair("tokenizer.ggml.pre", "gpt-2")
        .Pair("tokenizer.ggml.tokens", "a", "b", "ab").Pair("tokenizer.ggml.merges", "a b");

    private static GgufBytes Config(string name, uint value) => Change(name, (file, key) => file.Pair(key, value));

    // A whole model but for one key, which is said otherwise.
    private static GgufBytes Change(string name, Func<GgufBytes, string, GgufBytes> say)
    {
        var file = say(new GgufBytes { Except = "llama." + name }, "llama." + name);
        TinyGguf.Metadata(TinyLlama.Config, file);
        return TinyGguf.Model(TinyLlama.Config, TinyLlama.Weights(TinyLlama.Config), file: file);
    }

    private void AssertRefused(ErrorCode expected, byte[] bytes)
    {
        var path = folder.Write("m.gguf", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<PithException>(() => ModelSource.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes + (3 * bytes.Length));
        Assert.Equal((expected.Code, error.Message), (error.Error.Code, error.Message));
        Assert.Equal(ExitCode.BadInput, error.Error.Exit);
    }
}
