using System.Text;
using System.Text.Json.Nodes;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Models.Tests.Tokenizers;

public sealed class TokenizerLoaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pith-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_EachLayout_ReadsItsKind()
    {
        var json = TinyTokenizers.ByteLevelJson("a b");
        Write("json/tokenizer.json", TinyTokenizers.ToBytes(json));
        Write("spm/tokenizer.model", SentencePieceBytes.Bpe());
        Write("bin/tokenizer.bin", TinyTokenizers.Llama2cBytes([.. TinyTokenizers.Llama2cSpecials(), ("a", 0f)]));
        Write("gpt/vocab.json", TinyTokenizers.ToBytes(json["model"]!["vocab"]!));
        Write("gpt/merges.txt", "#version: 0.2\na b\n"u8);
        Write("bert/vocab.txt", "[UNK]\na\n"u8);
        Assert.Equal("byte-level BPE", Load("json").Tokenizer.Kind);
        Assert.Equal("SentencePiece BPE", Load("spm").Tokenizer.Kind);
        Assert.Equal("llama2.c BPE", Load("bin").Tokenizer.Kind);
        Assert.Equal([256], Load("gpt").Tokenizer.Encode("ab"));
        Assert.Equal("WordPiece", Load("bert").Tokenizer.Kind);
        Assert.Equal([PathOf("gpt/vocab.json"), PathOf("gpt/merges.txt")], Load("gpt").Files);
        Assert.True(TokenizerLoader.Exists(PathOf("bert")));
        Assert.False(TokenizerLoader.Exists(PathOf("")));
    }

    [Fact]
    public void Load_FileOfAnotherName_GoesByItsExtension()
    {
        Write("tok512.model", SentencePieceBytes.Bpe());
        Assert.Equal("SentencePiece BPE", Load("tok512.model").Tokenizer.Kind);
    }

    [Fact]
    public void Load_SettingsBesideIt_AreTaken()
    {
        Write("tokenizer.json", TinyTokenizers.ToBytes(TinyTokenizers.ByteLevelJson()));
        Write("tokenizer_config.json", """
            {"bos_token":null,"eos_token":{"content":"<|endoftext|>","special":true},"add_bos_token":false,
             "chat_template":[{"name":"tools","template":"t"},{"name":"default","template":"{{ 1 }}"}]}
            """u8);
        Write("generation_config.json", """{"eos_token_id":[65,256],"bos_token_id":66}"""u8);
        var bundle = Load("");
        Assert.Null(bundle.Tokenizer.BosId);
        Assert.False(bundle.AddsBos);
        Assert.Equal([256, 65], bundle.EosIds);
        Assert.Equal("<|endoftext|>", bundle.EosToken);
        Assert.Equal("{{ 1 }}", bundle.ChatTemplate);
        Assert.Equal([PathOf("tokenizer.json"), PathOf("tokenizer_config.json")], bundle.Files);
    }

    [Fact]
    public void Load_TemplateFile_IsTakenAndCopied()
    {
        Write("tokenizer.json", TinyTokenizers.ToBytes(TinyTokenizers.ByteLevelJson()));
        Write("chat_template.jinja", "{{ 2 }}"u8);
        Assert.Equal("{{ 2 }}", Load("").ChatTemplate);
        Assert.Contains(PathOf("chat_template.jinja"), Load("").Files);
    }

    [Fact]
    public void Load_NothingKnown_NamesTheKnownFiles()
    {
        Write("other.txt", "x"u8);
        var empty = Assert.Throws<PithException>(() => Load(""));
        Assert.Equal(ModelsErrors.TokenizerMissing, empty.Error);
        Assert.Contains("tokenizer.json, tokenizer.model", empty.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<PithException>(() => Load("other.gguf2"));
        Assert.Equal(ModelsErrors.TokenizerMissing, unknown.Error);
        Write("other.xyz", "x"u8);
        Assert.Equal(ModelsErrors.TokenizerUnknown, Assert.Throws<PithException>(() => Load("other.xyz")).Error);
    }

    [Fact]
    public void Load_SettingsThatAreNoJson_NamesTheFile()
    {
        Write("tokenizer.json", TinyTokenizers.ToBytes(TinyTokenizers.ByteLevelJson()));
        Write("tokenizer_config.json", "{"u8);
        var error = Assert.Throws<PithException>(() => Load(""));
        Assert.Equal(ModelsErrors.TokenizerJsonMalformed, error.Error);
        Assert.Contains("tokenizer_config.json", error.Message, StringComparison.Ordinal);
    }

    private TokenizerBundle Load(string name) => TokenizerLoader.Load(name.Length == 0 ? _directory : PathOf(name));

    private string PathOf(string name) => Path.Combine(_directory, name);

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
    }
}
