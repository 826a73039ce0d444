using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class GgufBertTests : IDisposable
{
    private static readonly (string Hub, string Gguf)[] s_names =
    [
        ("embeddings.word_embeddings", "token_embd"), ("embeddings.position_embeddings", "position_embd"), ("embeddings.token_type_embeddings", "token_types"),
        ("embeddings.LayerNorm", "token_embd_norm"), ("encoder.layer.", "blk."), ("attention.self.query", "attn_q"), ("attention.self.key", "attn_k"),
        ("attention.self.value", "attn_v"), ("attention.output.dense", "attn_output"), ("attention.output.LayerNorm", "attn_output_norm"),
        ("intermediate.dense", "ffn_up"), ("output.dense", "ffn_down"), ("output.LayerNorm", "layer_output_norm"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0u, null)]
    [InlineData(8u, "q8_0")]
    public void Open_Encoder_GivesTheNumbersOfTheHub(uint type, string? format)
    {
        using var weights = TinyOpt.Weights(Config);
        var path = _folder.Write("bert.gguf", Model(weights, type, format).ToArray());
        if (format is not null)
        {
            foreach (var name in weights.Tensors.Values.Where(entry => entry.Shape.Count == 2).Select(entry => entry.Name).ToList())
                weights.Pack(name, Core.Formats.NumberFormat.Parse(format));
        }

        var encoder = LanguageEncoder.Open(path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Config, encoder.Config with { Labels = Config.Labels, EosIds = Config.EosIds });
        var own = LanguageEncoder.Create("own", EncoderModel.Load(Config, weights), TinyBert.Tokenizer());
        Assert.Equal(own.Encode(new TextPair("the good", "bad cab")).Tokens, encoder.Encode(new TextPair("the good", "bad cab")).Tokens);
        Assert.Equal(
            own.Embed(["the good cab.", "x"], cancellation: TestContext.Current.CancellationToken),
            encoder.Embed(["the good cab.", "x"], cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Import_Encoder_MakesADirectoryOfTheHub()
    {
        using var weights = TinyOpt.Weights(Config);
        var output = _folder["imported"];
        using (var source = ModelSource.Open(_folder.Write("bert.gguf", Model(weights, 0, null).ToArray())))
            _ = ModelCopy.Import(source, output, cancellation: TestContext.Current.CancellationToken);
        var encoder = LanguageEncoder.Open(output, cancellation: TestContext.Current.CancellationToken);
        var own = LanguageEncoder.Create("own", EncoderModel.Load(Config, weights), TinyBert.Tokenizer());
        Assert.Equal(own.Embed(["the good"], cancellation: TestContext.Current.CancellationToken), encoder.Embed(["the good"], cancellation: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("block_count", 4096u, "PITH3023")]
    [InlineData("block_count", 0u, null)]
    [InlineData("embedding_length", 96u, "PITH3024")]
    [InlineData("attention.head_count", 5u, null)]
    [InlineData("feed_forward_length", 32u, "PITH3024")]
    public void Open_KeyThatContradicts_IsRefused(string key, uint value, string? code)
    {
        using var weights = TinyOpt.Weights(Config);
        var file = new GgufBytes { Except = "bert." + key }.Pair("bert." + key, value);
        var path = _folder.Write("bert.gguf", Model(weights, 0, null, file).ToArray());
        var failure = Assert.Throws<PithException>(() => ModelSource.Open(path));
        if (code is null)
            Assert.Same(ModelsErrors.BadGgufMetadata, failure.Error);
        else
            Assert.Equal(code, failure.Error.Code);
    }

    private static BertConfig Config { get; } =
        TinyBert.Config(head: EncoderHead.None) with { HasPooler = false, HiddenSize = 64, Heads = 4, KvHeads = 4, HeadSize = 16, IntermediateSize = 96 };

    private static GgufBytes Model(MemoryTensorSource weights, uint type, string? format, GgufBytes? start = null)
    {
        var lines = TinyBert.Vocabulary.TrimEnd('\n').Split('\n');
        var file = (start ?? new GgufBytes())
            .Pair("general.architecture", "bert")
            .Pair("bert.context_length", (uint)Config.ContextLength)
            .Pair("bert.embedding_length", (uint)Config.HiddenSize)
            .Pair("bert.block_count", (uint)Config.Layers)
            .Pair("bert.feed_forward_length", (uint)Config.IntermediateSize)
            .Pair("bert.attention.head_count", (uint)Config.Heads)
            .Pair("bert.attention.layer_norm_epsilon", Config.NormEpsilon)
            .Pair("tokenizer.ggml.model", "bert")
            .Pair("tokenizer.ggml.cls_token_id", 2u)
            .Pair("tokenizer.ggml.seperator_token_id", 3u)
            .Pair("tokenizer.ggml.tokens", [.. lines.Select(line => line[0] == '[' ? line : line.StartsWith("##", StringComparison.Ordinal) ? line[2..] : "\u2581" + line)]);
        foreach (var (name, entry) in weights.Tensors)
        {
            var numbers = weights.Numbers(name);
            var isBlocks = format is not null && entry.Shape.Count == 2;
            var bytes = isBlocks
                ? [.. numbers.Chunk(entry.Columns).SelectMany(row => TinyGguf.Encode(format!, row))]
                : MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
            var own = s_names.OrderByDescending(row => row.Hub.Length).Aggregate(name, (text, row) => text.Replace(row.Hub, row.Gguf, StringComparison.Ordinal));
            file.Tensor(own, isBlocks ? type : 0, bytes, [.. entry.Shape.Reverse().Select(length => (ulong)length)]);
        }

        return file;
    }
}
