using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.Models.Tokenizers;

namespace Pith.Models;

/// <summary>An encoder ready to read texts: weights, tokenizer and the formats of its matrix products.</summary>
/// <remarks>Texts that are longer than the model can read lose their end. What a text gives does not depend on the texts beside it, nor on the
/// number of threads. Names of special tokens in a text are ordinary text. Immutable, hence thread-safe.</remarks>
public sealed class LanguageEncoder
{
    // Tokens which run together at most: enough to reuse each weight, few enough for the caches.
    private const int BatchTokens = 1024;

    private readonly TextFrame frame;

    private LanguageEncoder(string path, EncoderModel model, TokenizerBundle tokenizer, TextFrame frame)
    {
        Path = path;
        Model = model;
        Tokenizer = tokenizer;
        this.frame = frame;
    }

    /// <summary>Where it was read from, as the caller wrote it.</summary>
    public string Path { get; }

    /// <summary>Weights and arithmetic.</summary>
    public EncoderModel Model { get; }

    /// <summary>The tokenizer, and what the files beside it say about its use.</summary>
    public TokenizerBundle Tokenizer { get; }

    /// <summary>The model's shape.</summary>
    public BertConfig Config => Model.Config;

    /// <summary>The formats of both operands of every matrix product.</summary>
    public Plan Plan => Model.Plan;

    /// <summary>The sites a plan can decide about, in the order of computation.</summary>
    public IReadOnlyList<Site> Sites => [.. Config.Sites.Select(shape => shape.Site)];

    /// <summary>Reads an encoder wherever it is, with the plan that lies beside it.</summary>
    /// <param name="path">A model directory or a safetensors file.</param>
    /// <param name="tokenizer">The tokenizer's file or directory; looked for beside the model when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">Nothing there is an encoder that can be read, it has no tokenizer, or the tokenizer does not fit
    /// (<see cref="ModelsErrors.TokenizerMismatch"/>).</exception>
    public static LanguageEncoder Open(
        string path, string? tokenizer = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        using var source = ModelSource.Open(path, tokenizer);
        if (source.Config is not BertConfig config)
            throw new PithException(ModelsErrors.NotAnEncoder, $"{path}: expected an encoder, found a model of type {source.Config.ModelType}");
        var bundle = source.LoadTokenizer();
        var around = EncoderFrame.Of(path, config, bundle);
        return new LanguageEncoder(path, EncoderModel.Load(config, source.Tensors, source.Plan, workers, cancellation), bundle, around);
    }

    /// <summary>Puts weights and a tokenizer together.</summary>
    /// <param name="path">What to call the model in messages.</param>
    /// <param name="model">The weights.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="PithException">The tokenizer has ids which the model does not have, or lacks the tokens around a text
    /// (<see cref="ModelsErrors.TokenizerMismatch"/>).</exception>
    public static LanguageEncoder Create(string path, EncoderModel model, TokenizerBundle tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new LanguageEncoder(path, model, tokenizer, EncoderFrame.Of(path, model.Config, tokenizer));
    }

    /// <summary>This encoder with other formats, without writing anything.</summary>
    /// <param name="plan">Replaces <see cref="Plan"/>; see <see cref="EncoderModel.WithPlan"/>.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    public LanguageEncoder WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default) =>
        new(Path, Model.WithPlan(plan, workers, cancellation), Tokenizer, frame);

    /// <summary>What the head for texts says of each text, or pair.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <returns>As many as texts, in their order.</returns>
    /// <exception cref="PithException">The model has no head for texts (<see cref="ModelsErrors.NoHead"/>).</exception>
    public IReadOnlyList<TextClass> Classify(IReadOnlyList<TextPair> texts, Workers? workers = null, CancellationToken cancellation = default)
    {
        RequireHead(EncoderHead.Sequence);
        var labels = Config.Labels;
        var classes = new List<TextClass>();
        Run(texts, workers, Collect, cancellation);
        return classes;

        void Collect(EncoderSession session, IReadOnlyList<FramedText> framed)
        {
            var scores = session.Scores();
            for (var i = 0; i < framed.Count; i++)
            {
                var own = scores[(i * labels.Count)..((i + 1) * labels.Count)];
                var best = LabelScores.Best(own);
                var probabilities = LabelScores.Probabilities(own, Config.IsMultiLabel || labels.Count == 1);
                classes.Add(new TextClass(best, labels[best], own, probabilities, framed[i].IsTruncated));
            }
        }
    }

    /// <summary>What the head for texts says of one text, or pair; see the other method of this name.</summary>
    public TextClass Classify(string text, string? pair = null) => Classify([new TextPair(text, pair)])[0];

    /// <summary>One vector for each text, [hidden] long.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="pooling">How a vector is made of the states of a text's tokens.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <returns>As many as texts, in their order; not normalised.</returns>
    /// <exception cref="PithException">The model has no pooler (<see cref="ModelsErrors.NoHead"/>).</exception>
    public IReadOnlyList<float[]> Embed(
        IReadOnlyList<string> texts, EncoderPooling pooling = EncoderPooling.Mean, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var vectors = new List<float[]>();
        Run(
            [.. texts.Select(text => new TextPair(text))],
            workers,
            (session, _) => vectors.AddRange(session.Pool(pooling).Chunk(Config.HiddenSize)),
            cancellation);
        return vectors;
    }

    /// <summary>What the head for tokens says of each token of a text, special tokens left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <exception cref="PithException">The model has no head for tokens (<see cref="ModelsErrors.NoHead"/>).</exception>
    public IReadOnlyList<TokenTag> TagTokens(string text, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Tag(Tokenizer.Tokenizer.Encode(text), workers, cancellation);
    }

    /// <summary>What the head for tokens says of each word of a text that is cut into words.</summary>
    /// <remarks>Every word is encoded with a space before it, as training sets of words are; its first token decides.</remarks>
    /// <param name="words">The words.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <returns>As many as words, in their order.</returns>
    /// <exception cref="PithException">The model has no head for tokens (<see cref="ModelsErrors.NoHead"/>).</exception>
    public IReadOnlyList<WordTag> TagWords(IReadOnlyList<string> words, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        var (tokens, starts) = (new List<int>(), new List<int>());
        foreach (var word in words)
        {
            var own = Tokenizer.Tokenizer.Encode(" " + word);
            starts.Add(own.Length > 0 ? tokens.Count : int.MaxValue);
            tokens.AddRange(own);
        }

        var tags = Tag([.. tokens], workers, cancellation);
        return [.. words.Zip(starts, (word, start) => start < tags.Count
            ? new WordTag(word, tags[start].Label, tags[start].Probability)
            : new WordTag(word, null, 0))];
    }

    /// <summary>The tokens of a text or pair as the model reads them.</summary>
    public FramedText Encode(TextPair text) => frame.Apply(
        Tokenizer.Tokenizer.Encode(text.Text), text.Pair is { } pair ? Tokenizer.Tokenizer.Encode(pair) : null, Config.ContextLength);

    private List<TokenTag> Tag(int[] tokens, Workers? workers, CancellationToken cancellation)
    {
        RequireHead(EncoderHead.Token);
        var framed = frame.Apply(tokens, null, Config.ContextLength);
        var session = Model.CreateSession(workers);
        _ = session.Run([InputOf(framed)], cancellation);
        var (scores, labels) = (session.Scores(), Config.Labels);
        var tags = new List<TokenTag>();
        for (var t = 0; t < framed.Tokens.Length; t++)
        {
            if (framed.Texts[t] < 0)
                continue;
            var own = scores.AsSpan(t * labels.Count, labels.Count);
            var best = LabelScores.Best(own);
            tags.Add(new TokenTag(
                framed.Tokens[t], Tokenizer.Tokenizer.Decode([framed.Tokens[t]]), labels[best], LabelScores.Probabilities(own, areIndependent: false)[best]));
        }

        return tags;
    }

    private void Run(IReadOnlyList<TextPair> texts, Workers? workers, Action<EncoderSession, IReadOnlyList<FramedText>> use, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var session = Model.CreateSession(workers);
        var batch = new List<FramedText>();
        for (var i = 0; i < texts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Add(Encode(texts[i]));
            if (i + 1 < texts.Count && batch.Sum(text => text.Tokens.Length) < BatchTokens)
                continue;
            _ = session.Run([.. batch.Select(InputOf)], cancellation);
            use(session, batch);
            batch.Clear();
        }
    }

    private EncoderInput InputOf(FramedText text) => new(text.Tokens, Config.Types > 1 ? text.Types : default(ReadOnlyMemory<int>));

    private void RequireHead(EncoderHead head)
    {
        if (Config.Head != head)
        {
            throw new PithException(
                ModelsErrors.NoHead,
                $"{Path}: expected the architecture {Config.Family.Architecture(head)}, found {Config.Family.Architecture(Config.Head)}");
        }
    }
}
