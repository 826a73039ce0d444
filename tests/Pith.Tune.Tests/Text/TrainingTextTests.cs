using System.Security.Cryptography;
using System.Text;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Training;
using Pith.Tune.Text;
using ZstdSharp;

namespace Pith.Tune.Tests.Text;

public sealed class TrainingTextTests : IDisposable
{
    private const string Content = "She walked in the garden.\n<|endoftext|>\nHe walked in the garden, too.\n<|endoftext|>\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("pith-tune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_Documents_EndWithEndOfText()
    {
        var tokenizer = Tokenizer();
        var text = TrainingText.Load(Write("a.txt"), tokenizer, null, TestContext.Current.CancellationToken);
        int[] expected =
        [
            .. tokenizer.Tokenizer.Encode("She walked in the garden.\n"), 0, .. tokenizer.Tokenizer.Encode("He walked in the garden, too.\n"), 0,
        ];
        Assert.Equal(expected, text.Ids.Select(id => (int)id));
        Assert.Equal(Encoding.UTF8.GetByteCount(Content), text.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content))), text.TextDigest);
    }

    [Fact]
    public void Load_Compressed_IsTheSameText()
    {
        var tokenizer = Tokenizer();
        var plain = TrainingText.Load(Write("a.txt"), tokenizer, null, TestContext.Current.CancellationToken);
        using (var stream = new CompressionStream(File.Create(Path.Combine(_folder, "a.txt.zst")), leaveOpen: false))
            stream.Write(Encoding.UTF8.GetBytes(Content));
        var packed = TrainingText.Load(Path.Combine(_folder, "a.txt.zst"), tokenizer, null, TestContext.Current.CancellationToken);
        Assert.Equal(plain.Ids, packed.Ids);
        Assert.Equal(plain.TextDigest, packed.TextDigest);
        Assert.Equal(plain.Bytes, packed.Bytes);
    }

    [Fact]
    public void Load_SecondTime_TakesTheCache()
    {
        var tokenizer = Tokenizer();
        var cache = Path.Combine(_folder, "cache");
        var first = TrainingText.Load(Write("a.txt"), tokenizer, cache, TestContext.Current.CancellationToken);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(cache, "tokens")));
        // A mark in the cache shows that it is read; another text must not read it.
        File.WriteAllBytes(file, [9, 0]);
        Assert.Equal([(ushort)9], TrainingText.Load(Write("b.txt"), tokenizer, cache, TestContext.Current.CancellationToken).Ids);
        File.WriteAllText(Path.Combine(_folder, "c.txt"), Content + "More.");
        var other = TrainingText.Load(Path.Combine(_folder, "c.txt"), tokenizer, cache, TestContext.Current.CancellationToken);
        Assert.Equal(first.Ids, other.Ids[..first.Ids.Length]);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(cache, "tokens")).Length);
    }

    private string Write(string name)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, Content);
        return path;
    }

    private TokenizerBundle Tokenizer()
    {
        var trainer = new BytePairTrainer(270);
        trainer.Add(Content);
        trainer.Train(TestContext.Current.CancellationToken).Save(_folder);
        return TokenizerLoader.Load(_folder);
    }
}
