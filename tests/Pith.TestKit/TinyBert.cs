using System.Text;
using Pith.Models.Bert;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;
using Pith.Models.Tokenizers;

namespace Pith.TestKit;

/// <summary>Small encoders of the BERT family, of odd sizes; their weights are <see cref="TinyOpt.Weights"/>'.</summary>
public static class TinyBert
{
    /// <summary>A shape.</summary>
    /// <param name="type">bert, roberta, xlm-roberta or distilbert.</param>
    /// <param name="head">What stands behind the blocks.</param>
    /// <param name="vocabulary">Number of token ids.</param>
    public static BertConfig Config(string type = "bert", EncoderHead head = EncoderHead.Sequence, int vocabulary = 61)
    {
        var padding = type is "roberta" or "xlm-roberta" ? 1 : 0;
        return new BertConfig
        {
            ModelType = type,
            Head = head,
            HiddenSize = 36,
            IntermediateSize = 50,
            Layers = 2,
            Heads = 6,
            KvHeads = 6,
            HeadSize = 6,
            VocabularySize = vocabulary,
            Positions = 40,
            ContextLength = padding == 0 ? 40 : 38,
            Types = type switch { "distilbert" => 0, "bert" => 2, _ => 1 },
            PadId = padding,
            NormEpsilon = 1e-12f,
            Activation = MlpActivation.Gelu,
            HasPooler = head == EncoderHead.None && type != "distilbert",
            IsHeadTied = head == EncoderHead.MaskedToken,
            Labels = head is EncoderHead.Sequence or EncoderHead.Token ? ["no", "yes", "maybe"] : [],
        };
    }

    /// <summary>A text of random tokens, none of them padding, the second half in the second segment where there are two.</summary>
    public static EncoderInput Text(BertConfig config, int count, int seed = 3)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(seed);
        var tokens = Enumerable.Range(0, count).Select(_ => random.Next(config.PadId + 1, config.VocabularySize)).ToArray();
        return new EncoderInput(tokens, config.Types > 1 ? Enumerable.Range(0, count).Select(t => 2 * t / count).ToArray() : Array.Empty<int>());
    }

    /// <summary>A vocab.txt of 61 lines: five special tokens, the letters, the letters inside a word, and four words.</summary>
    public static string Vocabulary { get; } = string.Concat(
        new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }
            .Concat(Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()))
            .Concat(Enumerable.Range('a', 26).Select(letter => "##" + (char)letter))
            .Concat(["the", "good", "bad", "."])
            .Select(line => line + "\n"));

    /// <summary>The tokenizer of <see cref="Vocabulary"/>.</summary>
    public static TokenizerBundle Tokenizer() => new()
    {
        Tokenizer = WordPieceVocabulary.Parse(Encoding.UTF8.GetBytes(Vocabulary)),
        Files = [],
        EosIds = [],
        AddsBos = true,
    };

    /// <summary>Writes a model directory as the hub has it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="config">The shape.</param>
    /// <param name="weights">Its tensors.</param>
    /// <param name="stored">The name under which a tensor is stored; its own when null.</param>
    public static void Write(string path, BertConfig config, MemoryTensorSource weights, Func<string, string>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "config.json"), config.ToJson(TensorType.F32));
        File.WriteAllText(Path.Combine(path, "vocab.txt"), Vocabulary);
        var names = weights.Tensors.Keys.ToDictionary(name => stored?.Invoke(name) ?? name, name => name, StringComparer.Ordinal);
        using var writer = SafetensorsWriter.Create(
            Path.Combine(path, "model.safetensors"), [.. names.Select(name => weights.Tensors[name.Value] with { Name = name.Key })]);
        foreach (var (name, own) in names)
            writer.WriteFloats(name, weights.Numbers(own));
        writer.Finish();
    }
}
