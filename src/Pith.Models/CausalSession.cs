using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Models.Llama;

namespace Pith.Models;

/// <summary>One text running through a model: its cached keys and values, and the logits after its tokens.</summary>
/// <remarks>A token's logits have the same bits whether the text is appended at once or token by token, and for any number of threads.
/// Not thread-safe; sessions of one model are independent.</remarks>
public abstract class CausalSession
{
    // Tokens which pass through the layers together: enough to reuse each weight, few enough for the caches.
    private const int ChunkTokens = 256;

    private readonly long cacheBytesPerToken;
    private float[] logits = [];

    private protected CausalSession(CausalModel model, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        cacheBytesPerToken = KvCache.BytesPerToken(model.Config, model.Plan);
    }

    /// <summary>The model.</summary>
    public abstract CausalModel Model { get; }

    /// <summary>Most tokens of the text.</summary>
    public int Capacity { get; }

    /// <summary>Tokens appended so far: the position of the next one.</summary>
    public int Position { get; private set; }

    /// <summary>Called with the operands of each matrix product, in the order of computation; null for nobody.</summary>
    public OperandObserver? Observer { get; set; }

    /// <summary>Bytes which the cached keys and values of the text take: packed in the plan's formats, each head's row padded to whole
    /// blocks and bytes; floats, where there is no format, padded to sixteen a row.</summary>
    public long CacheBytes => cacheBytesPerToken * Position;

    /// <summary>Stops between two products.</summary>
    private protected CancellationToken Stop { get; private set; }

    /// <summary>Runs tokens through the model.</summary>
    /// <param name="tokens">The next tokens of the text.</param>
    /// <param name="rows">Which logits are wanted.</param>
    /// <param name="cancellation">Stops between two products; the session is then where it was before the call.</param>
    /// <returns>[rows, vocabulary], row-major; valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="PithException">The text would be longer than <see cref="Capacity"/> (<see cref="ModelsErrors.ContextOverflow"/>), or an
    /// activation is not finite where a format needs it to be (<see cref="ModelsErrors.NonFiniteActivation"/>).</exception>
    public ReadOnlyMemory<float> Append(ReadOnlySpan<int> tokens, LogitRows rows = LogitRows.Last, CancellationToken cancellation = default)
    {
        foreach (var token in tokens)
        {
            if (token < 0 || token >= Model.Config.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(tokens), token, $"A token id is 0 to {Model.Config.VocabularySize - 1}.");
        }

        if (tokens.Length > Capacity - Position)
        {
            throw new PithException(
                ModelsErrors.ContextOverflow,
                string.Create(CultureInfo.InvariantCulture, $"expected at most {Capacity} tokens, found {(long)Position + tokens.Length}"));
        }

        var before = Position;
        Stop = cancellation;
        try
        {
            return AppendChunks(tokens, rows);
        }
        catch
        {
            Position = before;
            throw;
        }
    }

    /// <summary>Forgets the tokens from a position on.</summary>
    /// <param name="position">0 … <see cref="Position"/>.</param>
    public void Truncate(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    private Memory<float> AppendChunks(ReadOnlySpan<int> tokens, LogitRows rows)
    {
        var vocabulary = Model.Config.VocabularySize;
        var wanted = rows switch { LogitRows.All => tokens.Length, LogitRows.Last => Math.Min(1, tokens.Length), _ => 0 };
        Grow(ref logits, wanted, vocabulary);
        for (var first = 0; first < tokens.Length; first += ChunkTokens)
        {
            var chunk = tokens[first..Math.Min(first + ChunkTokens, tokens.Length)];
            Forward(chunk);
            Position += chunk.Length;
            if (rows == LogitRows.All)
                Predict(0, chunk.Length, logits.AsMemory(first * vocabulary));
            else if (rows == LogitRows.Last && first + chunk.Length == tokens.Length)
                Predict(chunk.Length - 1, 1, logits);
        }

        return logits.AsMemory(0, wanted * vocabulary);
    }

    /// <summary>Runs a whole text from a boundary between two blocks on, in the session emptied of what it held.</summary>
    /// <remarks>Boundary l is the residual stream before block l; boundary Layers is the one after the last block. A text that is run from a
    /// boundary gives the bits of one that is run from its tokens, where the blocks below are the same.</remarks>
    /// <param name="tokens">The text.</param>
    /// <param name="layer">The first block to run; those below are skipped.</param>
    /// <param name="hidden">Boundary <paramref name="layer"/>, [tokens, hidden]; not read where <paramref name="layer"/> is 0.</param>
    /// <param name="keep">Where to copy each boundary from <paramref name="layer"/> + 1 on to, [tokens, hidden] each; null at boundaries not
    /// wanted. Index l - 1 is boundary l.</param>
    /// <param name="predicted">Called with the first row and the logits [rows, vocabulary] of some rows after the other.</param>
    /// <param name="rowsAtATime">Most rows of a call, ≥ 1.</param>
    /// <param name="cancellation">Stops between two products.</param>
    internal void RunFrom(
        ReadOnlySpan<int> tokens,
        int layer,
        ReadOnlySpan<float> hidden,
        ReadOnlySpan<float[]?> keep,
        int rowsAtATime,
        Action<int, ReadOnlyMemory<float>> predicted,
        CancellationToken cancellation)
    {
        var (width, vocabulary, layers) = (Model.Config.HiddenSize, Model.Config.VocabularySize, Model.Config.Layers);
        Truncate(0);
        Stop = cancellation;
        for (var first = 0; first < tokens.Length; first += ChunkTokens)
        {
            var count = Math.Min(ChunkTokens, tokens.Length - first);
            Prepare(count);
            if (layer == 0)
                Embed(tokens.Slice(first, count));
            else
                hidden.Slice(first * width, count * width).CopyTo(Residual);
            for (var l = layer; l < layers; l++)
            {
                RunBlocks(count, l, l + 1);
                if (keep[l] is { } boundary)
                    Residual[..(count * width)].CopyTo(boundary.AsSpan(first * width));
            }

            Position += count;
            for (var row = 0; row < count; row += rowsAtATime)
            {
                var rows = Math.Min(rowsAtATime, count - row);
                Grow(ref logits, rows, vocabulary);
                Predict(row, rows, logits);
                predicted(first + row, logits.AsMemory(0, rows * vocabulary));
            }
        }
    }

    /// <summary>The logits which follow from the last boundary, as <see cref="RunFrom"/> computes them.</summary>
    /// <param name="hidden">The residual stream after the last block, [rows, hidden].</param>
    /// <param name="rows">Rows, at most those of a chunk.</param>
    /// <param name="destination">[rows, vocabulary].</param>
    internal void PredictFrom(ReadOnlySpan<float> hidden, int rows, Memory<float> destination)
    {
        Truncate(0);
        Prepare(rows);
        hidden.CopyTo(Residual);
        Predict(0, rows, destination);
    }

    /// <summary>Makes room for a chunk of tokens at <see cref="Position"/>.</summary>
    private protected abstract void Prepare(int count);

    /// <summary>Fills <see cref="Residual"/> with what enters the first block.</summary>
    private protected abstract void Embed(ReadOnlySpan<int> tokens);

    /// <summary>Runs the tokens of the chunk through some blocks.</summary>
    private protected abstract void RunBlocks(int count, int first, int end);

    /// <summary>The residual stream of the chunk, [tokens, hidden] and perhaps more room.</summary>
    private protected abstract Span<float> Residual { get; }

    /// <summary>The logits of some of the tokens of the chunk, after the last block.</summary>
    private protected abstract void Predict(int first, int count, Memory<float> destination);

    // Runs the tokens from Position on through all blocks.
    private void Forward(ReadOnlySpan<int> tokens)
    {
        Prepare(tokens.Length);
        Embed(tokens);
        RunBlocks(tokens.Length, 0, Model.Config.Layers);
    }

    private protected static void Grow(ref float[] buffer, int rows, int width)
    {
        var length = checked(rows * width);
        if (buffer.Length < length)
            buffer = new float[length];
    }
}
