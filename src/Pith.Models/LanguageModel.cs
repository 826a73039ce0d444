using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Checkpoints;
using Pith.Models.Tokenizers;

namespace Pith.Models;

/// <summary>A model ready to run: weights, tokenizer and the formats of its matrix products.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class LanguageModel
{
    private LanguageModel(string path, CausalModel model, TokenizerBundle tokenizer)
    {
        Path = path;
        Model = model;
        Tokenizer = tokenizer;
    }

    /// <summary>Where it was read from, as the caller wrote it.</summary>
    public string Path { get; }

    /// <summary>Weights and arithmetic.</summary>
    public CausalModel Model { get; }

    /// <summary>The tokenizer, and what the files beside it say about its use.</summary>
    public TokenizerBundle Tokenizer { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config => Model.Config;

    /// <summary>The formats of both operands of every matrix product.</summary>
    public Plan Plan => Model.Plan;

    /// <summary>The sites a plan can decide about, in the order of computation.</summary>
    public IReadOnlyList<Site> Sites => [.. Config.Sites.Select(shape => shape.Site)];

    /// <summary>Ids which end a text: the configuration's and the tokenizer's.</summary>
    public IReadOnlyList<int> EosIds => [.. Tokenizer.EosIds.Union(Config.EosIds).Order()];

    /// <summary>Reads a model wherever it is, with the plan that lies beside it.</summary>
    /// <param name="path">A model directory, a safetensors file or a llama2.c file.</param>
    /// <param name="tokenizer">The tokenizer's file or directory; looked for beside the model when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">Nothing there is a model that can be read, it has no tokenizer, or the tokenizer does not fit
    /// (<see cref="ModelsErrors.TokenizerMismatch"/>).</exception>
    public static LanguageModel Open(
        string path, string? tokenizer = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        using var source = ModelSource.Open(path, tokenizer);
        if (source.TokenizerPath is null || workers is { Threads: 1 })
        {
            var bundle = source.LoadTokenizer();
            return Create(path, CausalModel.Load(source.Config, source.Tensors, source.Plan, workers, cancellation), bundle);
        }

        // Neither needs the other. Where both fail, the tokenizer, which is read sooner, says why.
        var reading = Task.Run(source.LoadTokenizer, CancellationToken.None);
        try
        {
            var model = CausalModel.Load(source.Config, source.Tensors, source.Plan, workers, cancellation);
            return Create(path, model, reading.GetAwaiter().GetResult());
        }
        catch
        {
            reading.GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Puts weights and a tokenizer together.</summary>
    /// <param name="path">What to call the model in messages.</param>
    /// <param name="model">The weights.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="PithException">The tokenizer has ids which the model does not have (<see cref="ModelsErrors.TokenizerMismatch"/>).</exception>
    public static LanguageModel Create(string path, CausalModel model, TokenizerBundle tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        CheckTokenizer(path, model.Config, tokenizer);
        return new LanguageModel(path, model, tokenizer);
    }

    /// <summary>This model with other formats, without writing anything.</summary>
    /// <param name="plan">Replaces <see cref="Plan"/>; see <see cref="CausalModel.WithPlan"/>.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    public LanguageModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default) =>
        new(Path, Model.WithPlan(plan, workers, cancellation), Tokenizer);

    /// <summary>Refuses a model whose tokens are not the same as this one's, so that their predictions do not compare.</summary>
    /// <exception cref="PithException">They differ; the message names the first id that does (<see cref="ModelsErrors.TokenizerMismatch"/>).</exception>
    public void RequireSameTokens(LanguageModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (own, its) = (Tokenizer.Tokenizer, other.Tokenizer.Tokenizer);
        if (Config.VocabularySize != other.Config.VocabularySize || own.VocabularySize != its.VocabularySize)
        {
            throw new PithException(
                ModelsErrors.TokenizerMismatch,
                $"{other.Path}: expected {Config.VocabularySize} token ids as in {Path}, found {other.Config.VocabularySize}");
        }

        for (var id = 0; id < own.VocabularySize; id++)
        {
            if (!own.TokenBytes(id).SequenceEqual(its.TokenBytes(id)))
                throw new PithException(ModelsErrors.TokenizerMismatch, $"{other.Path}: expected the tokens of {Path}, found another token {id}");
        }
    }

    private static void CheckTokenizer(string path, ModelConfig config, TokenizerBundle tokenizer)
    {
        if (tokenizer.Tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new PithException(
                ModelsErrors.TokenizerMismatch,
                $"{path}: expected a tokenizer of at most {config.VocabularySize} ids, found one of {tokenizer.Tokenizer.VocabularySize}");
        }
    }
}
