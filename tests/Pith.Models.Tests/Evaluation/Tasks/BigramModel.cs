using Pith.Models.Llama;
using Pith.Models.Tests.Tokenizers;
using Pith.Models.Tokenizers;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation.Tasks;

/// <summary>A model whose next byte depends on the last one alone, with probabilities one can write down.</summary>
/// <remarks>Attention and MLP add nothing. Token i is embedded as 100 e_i; RMSNorm makes √V e_i of it; the head holds ln p(j|i) / √V.</remarks>
internal static class BigramModel
{
    private const int Vocabulary = 257;

    /// <summary>Probabilities of one byte after another; what is left is shared equally by all the other tokens.</summary>
    public static LanguageModel Create(int context, params (char Last, char Next, double Probability)[] known)
    {
        var config = new LlamaConfig
        {
            ModelType = "llama", HiddenSize = Vocabulary, IntermediateSize = 2, Layers = 1, Heads = 1, KvHeads = 1, HeadSize = 2,
            VocabularySize = Vocabulary, ContextLength = context,
        };
        using var source = TinyLlama.Weights(config);
        Array.Clear(source.Numbers("model.layers.0.self_attn.o_proj.weight"));
        Array.Clear(source.Numbers("model.layers.0.mlp.down_proj.weight"));
        Array.Fill(source.Numbers("model.norm.weight"), 1);
        var embedding = source.Numbers("model.embed_tokens.weight");
        Array.Clear(embedding);
        var head = source.Numbers("lm_head.weight");
        for (var last = 0; last < Vocabulary; last++)
        {
            embedding[(last * Vocabulary) + last] = 100;
            var own = known.Where(entry => entry.Last == last).ToArray();
            var other = (1 - own.Sum(entry => entry.Probability)) / (Vocabulary - own.Length);
            for (var next = 0; next < Vocabulary; next++)
            {
                var probability = own.Where(entry => entry.Next == next).Select(entry => entry.Probability).FirstOrDefault(other);
                head[(next * Vocabulary) + last] = (float)(Math.Log(probability) / Math.Sqrt(Vocabulary));
            }
        }

        return LanguageModel.Create("bigrams", LlamaModel.Load(config, source), Bundle(TinyTokenizers.ByteLevel()));
    }

    /// <summary>A tokenizer without a beginning-of-text token.</summary>
    public static TokenizerBundle Bundle(ITokenizer tokenizer, bool addsBos = false) =>
        new() { Tokenizer = tokenizer, Files = [], EosIds = [], AddsBos = addsBos };
}
