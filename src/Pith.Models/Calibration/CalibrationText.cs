using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pith.Core.Diagnostics;
using Pith.Models.Evaluation;
using Pith.Models.Tokenizers;

namespace Pith.Models.Calibration;

/// <summary>The token sequences over which a model's inputs are measured.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
/// <param name="Sequences">Token ids; each is run as a text of its own.</param>
public sealed record CalibrationText(IReadOnlyList<ReadOnlyMemory<int>> Sequences)
{
    /// <summary>Longest sequence read by default; the method's paper uses it.</summary>
    public const int DefaultContext = 2048;

    /// <summary>Most tokens read by default: 32 sequences of the longest kind.</summary>
    public const int DefaultTokens = 32 * DefaultContext;

    /// <summary>Tokens of all sequences.</summary>
    public long Tokens => Sequences.Sum(sequence => (long)sequence.Length);

    /// <summary>SHA-256 of lengths and ids, lower-case hexadecimal.</summary>
    public string Digest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var sequence in Sequences)
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>([sequence.Length]));
                hash.AppendData(MemoryMarshal.AsBytes(sequence.Span));
            }

            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <summary>Reads a text as evaluation does: sequences of the model's context, at most <see cref="DefaultContext"/> tokens each and
    /// <see cref="DefaultTokens"/> in all; everything there is where that is less.</summary>
    /// <param name="path">Plain text or a <c>.jsonl</c> file of documents, either may be compressed (<c>.zst</c>).</param>
    /// <param name="config">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">The file cannot be read, is malformed or holds no tokens.</exception>
    public static CalibrationText Read(string path, ModelConfig config, TokenizerBundle tokenizer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        var options = new EvaluationOptions { Context = Math.Max(2, Math.Min(DefaultContext, config.ContextLength)), MaxTokens = DefaultTokens };
        return new CalibrationText([.. EvaluationText.Read(path, tokenizer, options, cancellation).Select(window => window.Tokens)]);
    }

    /// <summary>Refuses a text which the model cannot run, or which is too short for the second moments of its inputs.</summary>
    /// <param name="config">The model.</param>
    /// <param name="needsSecondMoments">Whether each second moment needs as many tokens as it has rows, the least for full rank.</param>
    /// <exception cref="PithException">A token is not in the vocabulary (<see cref="ModelsErrors.UnknownToken"/>), or there are too few
    /// (<see cref="ModelsErrors.TooFewTokens"/>).</exception>
    public void Check(ModelConfig config, bool needsSecondMoments)
    {
        ArgumentNullException.ThrowIfNull(config);
        for (var index = 0; index < Sequences.Count; index++)
        {
            var place = Sequences[index].Span.IndexOfAnyExceptInRange(0, config.VocabularySize - 1);
            if (place >= 0)
            {
                throw new PithException(
                    ModelsErrors.UnknownToken,
                    $"sequence {index}, token {place}: expected ids from 0 to {config.VocabularySize - 1}, found {Sequences[index].Span[place]}");
            }
        }

        var widest = config.Sites.Where(shape => shape.Site.HasWeight).MaxBy(shape => shape.Inputs);
        var needed = needsSecondMoments && widest is not null ? widest.Inputs : 1;
        if (Tokens < needed)
        {
            throw new PithException(
                ModelsErrors.TooFewTokens,
                needsSecondMoments
                    ? $"expected at least {needed} tokens, the inputs of {widest!.Site}, for a second moment of full rank, found {Tokens}"
                    : "expected at least 1 token, found none");
        }
    }
}
