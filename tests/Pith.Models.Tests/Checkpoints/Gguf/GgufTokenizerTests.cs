using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;
using Pith.Models.Tests.Tokenizers;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("bert-bge")]
    public void Load_RealVocabulary_GivesTheIdsOfLlamaCppsCases(string name)
    {
        var bundle = Load(name);
        foreach (var (text, ids) in LlamaCppCases.Read(name))
            Assert.Equal(ids, bundle.Tokenizer.Encode(text));
    }

    [Fact]
    public void Load_GptNeoX_EqualsTheOriginalTokenizer()
    {
        var original = TokenizerJson.Parse(SharedData.ReadBytes("lm/tokenizers/neox/20B_tokenizer.json.zst"));
        var bundle = Load("gpt-neox");
        foreach (var (text, _) in LlamaCppCases.Read("gpt-2"))
            Assert.Equal(original.Encode(text), bundle.Tokenizer.Encode(text));
        Assert.Equal(0, bundle.Tokenizer.EosId);
    }

    [Fact]
    public void Load_Contents_ReadAsTheSameTokenizer()
    {
        var bundle = Load("gpt-2");
        foreach (var (name, bytes) in bundle.Contents)
            folder.Write(name, bytes.ToArray());
        var again = TokenizerLoader.Load(folder.Root);
        Assert.Equal((bundle.AddsBos, bundle.BosToken, bundle.EosToken), (again.AddsBos, again.BosToken, again.EosToken));
        Assert.Equal(bundle.EosIds, again.EosIds);
        foreach (var (text, ids) in LlamaCppCases.Read("gpt-2"))
            Assert.Equal(ids, again.Tokenizer.Encode(text));
    }

    [Fact]
    public void Load_SentencePieceVocabulary_EqualsTheOriginalModel()
    {
        var bytes = SharedData.ReadBytes("lm/weights/stories260K/tok512.model");
        var pieces = Pith.Models.Tokenizers.SentencePiece.PieceFile.Parse(bytes, "tok512.model").Pieces;
        var file = new GgufBytes()
            .Pair("tokenizer.ggml.model", "llama")
            .Pair("tokenizer.ggml.tokens", [.. pieces.Select(piece => piece.Text)])
            .Pair("tokenizer.ggml.scores", [.. pieces.Select(piece => piece.Score)])
            .Pair("tokenizer.ggml.token_type", [.. pieces.Select(piece => (int)piece.Type)])
            .Pair("tokenizer.ggml.bos_token_id", 1u).Pair("tokenizer.ggml.eos_token_id", 2u).Pair("tokenizer.ggml.unknown_token_id", 0u);
        var found = TokenizerLoader.Load(folder.Write("v.gguf", file.ToArray()));
        var original = SentencePieceModel.Parse(bytes);
        Assert.True(found.AddsBos);
        foreach (var text in new[] { "Once upon a time, there was a little girl.", "Tom & Jerry", "été\n日本" })
            Assert.Equal(original.Encode(text), found.Tokenizer.Encode(text));
    }

    [Fact]
    public void Load_LlamaBpe_TakesWholeWordsAndCutsNumeralsByThree()
    {
        // "ab" is no result of merges; only a tokenizer which takes whole words finds it. 1234 is cut after three.
        var file = new GgufBytes()
            .Pair("tokenizer.ggml.model", "gpt2").Pair("tokenizer.ggml.pre", "llama-bpe")
            .Pair("tokenizer.ggml.tokens", ["a", "b", "ab", "1", "2", "3", "4", "123", "34", "<|begin_of_text|>"])
            .Pair("tokenizer.ggml.token_type", [1, 1, 1, 1, 1, 1, 1, 1, 1, 3])
            .Pair("tokenizer.ggml.merges", ["3 4"]).Pair("tokenizer.ggml.bos_token_id", 9u);
        var bundle = TokenizerLoader.Load(folder.Write("v.gguf", file.ToArray()));
        Assert.True(bundle.AddsBos);
        Assert.Equal([2, 7, 6, 9], bundle.Tokenizer.Encode("ab1234<|begin_of_text|>", parseSpecial: true));
    }

    [Theory]
    [InlineData("rwkv")]
    [InlineData("t5")]
    public void Load_UnknownKind_IsNamed(string kind)
    {
        var path = folder.Write("v.gguf", new GgufBytes().Pair("tokenizer.ggml.model", kind).ToArray());
        var error = Assert.Throws<PithException>(() => TokenizerLoader.Load(path));
        Assert.Equal(ModelsErrors.GgufTokenizer, error.Error);
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownPattern_IsNamed()
    {
        var path = folder.Write("v.gguf", new GgufBytes().Pair("tokenizer.ggml.model", "gpt2").Pair("tokenizer.ggml.pre", "martian")
            .Pair("tokenizer.ggml.tokens", ["a"]).Pair("tokenizer.ggml.merges", Array.Empty<string>()).ToArray());
        Assert.Contains("martian", Assert.Throws<PithException>(() => TokenizerLoader.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_VocabularyAlone_IsNoModel()
    {
        var path = folder.Write("v.gguf", SharedData.ReadBytes("lm/tokenizers/ggml-vocab-gpt-2.gguf.zst"));
        Assert.Equal(ModelsErrors.UnknownArchitecture, Assert.Throws<PithException>(() => ModelSource.Open(path)).Error);
    }

    private TokenizerBundle Load(string name) =>
        TokenizerLoader.Load(folder.Write(name + ".gguf", SharedData.ReadBytes($"lm/tokenizers/ggml-vocab-{name}.gguf.zst")));
}
