using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pith.Core.Diagnostics;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;
using Pith.Tune.Llama;

namespace Pith.Tune.Tuning;

/// <summary>A model that is going to be tuned: all its weights in memory, and its tokenizer.</summary>
/// <remarks>Immutable apart from the arrays it hands out.</remarks>
public sealed class StartingModel
{
    private StartingModel(string path, LlamaConfig config, TokenizerBundle tokenizer, int bos, IReadOnlyDictionary<string, float[]> weights, string digest)
    {
        Path = path;
        Config = config;
        Tokenizer = tokenizer;
        Bos = bos;
        Weights = weights;
        Digest = digest;
    }

    /// <summary>Where it was read from, as the caller wrote it.</summary>
    public string Path { get; }

    /// <summary>Dimensions.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The tokenizer.</summary>
    public TokenizerBundle Tokenizer { get; }

    /// <summary>Id that begins a text.</summary>
    public int Bos { get; }

    /// <summary>The weights by hub name, row-major.</summary>
    public IReadOnlyDictionary<string, float[]> Weights { get; }

    /// <summary>SHA-256 of the weights as float32, in the order of <see cref="LlamaTensors.Expected"/>, lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="source">A Llama-family model in full precision.</param>
    /// <param name="cancellation">Checked between two tensors.</param>
    /// <exception cref="PithException">It cannot be tuned (<see cref="TuneErrors.NotTunable"/>), or its tokenizer does not fit it.</exception>
    public static StartingModel Read(ModelSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Config is not LlamaConfig config)
            throw new PithException(TuneErrors.NotTunable, $"{source.Path}: expected a model of the Llama family, found one of type {source.Config.ModelType}.");
        if (!TorchLlama.Supports(config))
            throw new PithException(TuneErrors.NotTunable, $"{source.Path}: found rotary scaling, a sliding window, ternary layers, or biases outside q, k and v.");
        if (source.PackedFormats.Count > 0 || !source.Plan.Sites.IsEmpty)
            throw new PithException(TuneErrors.NotTunable, $"{source.Path}: expected a model in full precision, found a quantized one.");
        var tokenizer = source.LoadTokenizer();
        if (tokenizer.Tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new PithException(
                ModelsErrors.TokenizerMismatch, $"{source.Path}: expected at most {config.VocabularySize} tokens, found a tokenizer of {tokenizer.Tokenizer.VocabularySize}.");
        }
        var bos = tokenizer.Tokenizer.BosId ?? tokenizer.Tokenizer.EosId
            ?? throw new PithException(TuneErrors.NoBeginning, $"{source.Path}: expected a beginning- or end-of-text token, found neither.");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var weights = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, _) in LlamaTensors.Expected(config))
        {
            cancellation.ThrowIfCancellationRequested();
            var values = new float[checked((int)source.Tensors.Tensors[name].Elements)];
            source.Tensors.ReadFloats(name, 0, values);
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
            weights[name] = values;
        }
        return new StartingModel(source.Path, config, tokenizer, bos, weights, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
