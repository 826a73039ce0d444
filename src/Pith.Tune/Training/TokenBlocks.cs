using Pith.Core.Diagnostics;

namespace Pith.Tune.Training;

/// <summary>A token stream cut into blocks of BOS and context-1 tokens, with the last part kept for validation.</summary>
/// <remarks>Immutable, hence thread-safe. A remainder shorter than a block is left out.</remarks>
public sealed class TokenBlocks
{
    private readonly ushort[] _stream;
    private readonly int _span;
    private readonly int _validationStart;

    /// <summary>Cuts a stream.</summary>
    /// <param name="stream">Token ids; documents end with the end-of-text id.</param>
    /// <param name="bos">Id that begins every block.</param>
    /// <param name="contextLength">Tokens in a block, BOS included; at least 2.</param>
    /// <param name="validationShare">Share of the stream kept for validation, 0 … 1.</param>
    /// <exception cref="PithException"><see cref="TuneErrors.TextTooShort"/>: no whole block for training or for validation.</exception>
    public TokenBlocks(ushort[] stream, int bos, int contextLength, double validationShare)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 2);
        _stream = stream;
        Bos = bos;
        _span = contextLength - 1;
        ValidationCount = Math.Max(1, (int)(stream.Length * validationShare) / _span);
        _validationStart = stream.Length - ValidationCount * _span;
        TrainingCount = Math.Max(0, _validationStart) / _span;
        if (TrainingCount == 0)
        {
            throw new PithException(TuneErrors.TextTooShort,
                $"Expected at least {2 * _span} tokens (a block for training and one for validation), found {stream.Length}.");
        }
    }

    /// <summary>Id that begins every block.</summary>
    public int Bos { get; }

    /// <summary>Tokens in a block, the beginning one included.</summary>
    public int ContextLength => _span + 1;

    /// <summary>Blocks for training.</summary>
    public int TrainingCount { get; }

    /// <summary>Blocks for validation.</summary>
    public int ValidationCount { get; }

    /// <summary>Tokens of the stream that are trained on in one pass.</summary>
    public long TrainingTokens => (long)TrainingCount * _span;

    /// <summary>Writes training block <paramref name="index"/> into <paramref name="block"/>.</summary>
    public void ReadTraining(int index, Span<long> block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)TrainingCount, nameof(index));
        Read(index * _span, block);
    }

    /// <summary>Writes validation block <paramref name="index"/> into <paramref name="block"/>.</summary>
    public void ReadValidation(int index, Span<long> block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ValidationCount, nameof(index));
        Read(_validationStart + index * _span, block);
    }

    /// <summary>The order in which a pass visits the training blocks: a permutation drawn from seed and pass.</summary>
    public int[] Order(ulong seed, int pass)
    {
        var random = new SplitMix64(unchecked(seed * 0x9E3779B97F4A7C15 + (ulong)pass + 1));
        var order = Enumerable.Range(0, TrainingCount).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private void Read(int start, Span<long> block)
    {
        block[0] = Bos;
        for (var i = 0; i < _span; i++) block[i + 1] = _stream[start + i];
    }
}
