using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Ops;

/// <summary>Attention, causal or over a fixed number of positions, with grouped key and value heads: softmax(Q·Kᵀ/√d)·V.</summary>
/// <remarks>Q·Kᵀ contracts along the head; the mixing is done in axpy form (out += p_t · V_t), token after token, so that K and V can both be
/// cached, and packed, one row a token. Packed rows are decoded once for all queries of a block and all query heads of their head. A query's
/// result does not depend on the other queries of the call. Scalar equivalent: <see cref="OpsReference.Attention"/>.</remarks>
public static class Attention
{
    private const int QueriesAtOnce = 8;

    /// <summary>Mixes values for every query.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="queries">[tokens, heads, stride]; padded with zeros behind the head's width.</param>
    /// <param name="keys">One for each kv head: the rows of all positions seen.</param>
    /// <param name="values">One for each kv head: the rows of all positions seen.</param>
    /// <param name="probabilities">Rounds each query's row of probabilities, blocks counted from the first token it sees; null: not rounded.</param>
    /// <param name="output">[tokens, heads · head size].</param>
    /// <param name="workers">The threads to use.</param>
    public static void Apply(
        AttentionShape shape,
        ReadOnlyMemory<float> queries,
        ReadOnlyMemory<HeadRows> keys,
        ReadOnlyMemory<HeadRows> values,
        FormatCodec? probabilities,
        Memory<float> output,
        Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var blocks = (shape.Tokens + QueriesAtOnce - 1) / QueriesAtOnce;
        var operations = 2L * shape.Heads * shape.Tokens * shape.EndSeen(shape.FirstPosition + shape.Tokens - 1) * shape.Stride;
        var work = new Work(shape, queries, keys, values, probabilities, output);
        workers.Run(shape.KvHeads * blocks, operations, work, static (work, first, end) => work.Mix(first, end));
    }

    // The operands of one call.
    private readonly record struct Work(
        AttentionShape Shape,
        ReadOnlyMemory<float> Queries,
        ReadOnlyMemory<HeadRows> Keys,
        ReadOnlyMemory<HeadRows> Values,
        FormatCodec? Probabilities,
        Memory<float> Output)
    {
        // Items are blocks of queries, kv head by kv head.
        public void Mix(int first, int end)
        {
            var blocks = (Shape.Tokens + QueriesAtOnce - 1) / QueriesAtOnce;
            for (var item = first; item < end; item++)
            {
                var query = item % blocks * QueriesAtOnce;
                Mix(item / blocks, query, Math.Min(QueriesAtOnce, Shape.Tokens - query));
            }
        }

        // A block of queries of all query heads of one kv head. Rows of scores: head by head, then query by query.
        private void Mix(int kvHead, int query, int queries)
        {
            var group = Shape.Heads / Shape.KvHeads;
            var (keys, values) = (Keys.Span[kvHead], Values.Span[kvHead]);
            var position = Shape.FirstPosition + query;
            var low = Shape.FirstSeen(position);
            var count = Shape.EndSeen(position + queries - 1) - low;
            var rows = group * queries;
            var scratch = ArrayPool<float>.Shared.Rent(Math.Max(keys.ScratchElements, values.ScratchElements));
            var scores = ArrayPool<float>.Shared.Rent(rows * count);
            var mixed = ArrayPool<float>.Shared.Rent(rows * Shape.Stride);
            try
            {
                var first = ((query * Shape.Heads) + (kvHead * group)) * Shape.Stride;
                Score(Queries.Span[first..], queries, keys, low, count, scratch, scores);
                for (var row = 0; row < rows; row++)
                    Normalize(scores.AsSpan(row * count, count), position + (row % queries), low);
                mixed.AsSpan(0, rows * Shape.Stride).Clear();
                for (var at = 0; at < count; at += values.RowsAtOnce)
                {
                    var length = Math.Min(values.RowsAtOnce, count - at);
                    MixRows(scores.AsSpan(at), count, rows, values.Read(low + at, length, scratch), length, Shape.Stride, mixed);
                }

                for (var row = 0; row < rows; row++)
                {
                    var head = (kvHead * group) + (row / queries);
                    mixed.AsSpan(row * Shape.Stride, Shape.HeadSize)
                        .CopyTo(Output.Span[((((query + (row % queries)) * Shape.Heads) + head) * Shape.HeadSize)..]);
                }
            }
            finally
            {
                ArrayPool<float>.Shared.Return(scratch);
                ArrayPool<float>.Shared.Return(scores);
                ArrayPool<float>.Shared.Return(mixed);
            }
        }

        // The products of all queries with all keys, before scaling.
        private unsafe void Score(ReadOnlySpan<float> block, int queries, HeadRows keys, int low, int count, float[] scratch, float[] scores)
        {
            var (stride, group) = (Shape.Stride, Shape.Heads / Shape.KvHeads);
            for (var at = 0; at < count; at += keys.RowsAtOnce)
            {
                var length = Math.Min(keys.RowsAtOnce, count - at);
                fixed (float* q = block, k = keys.Read(low + at, length, scratch), s = scores)
                {
                    // The heads of one query lie side by side, the queries of one head a token apart.
                    if (queries == 1)
                    {
                        Gemm.Multiply(q, stride, group, k, stride, length, stride, s + at, count);
                        continue;
                    }

                    for (var head = 0; head < group; head++)
                        Gemm.Multiply(q + (head * stride), Shape.Heads * stride, queries, k, stride, length, stride, s + (head * queries * count) + at, count);
                }
            }
        }

        // Scores of one query to probabilities; zero where it does not see.
        private void Normalize(Span<float> row, int position, int low)
        {
            var (begin, end) = (Shape.FirstSeen(position) - low, Shape.EndSeen(position) - low);
            row[..begin].Clear();
            row[end..].Clear();
            var seen = row[begin..end];
            Softmax.Apply(seen, 1 / MathF.Sqrt(Shape.HeadSize));
            Probabilities?.Round(seen, seen, Probabilities.TensorParameter(Reduction.Largest(seen)));
        }
    }

    // m[row, c] += Σ_t p[row, t] · v[t, c], t ascending, one fused multiply-add a step. Probabilities of unseen tokens are zero.
    private static unsafe void MixRows(
        ReadOnlySpan<float> probabilities, int distance, int rows, ReadOnlySpan<float> values, int count, int stride, Span<float> mixed)
    {
        fixed (float* p = probabilities, v = values, m = mixed)
        {
            var row = 0;
            for (; row + 4 <= rows; row += 4)
                MixFour(p + ((nint)row * distance), distance, count, v, stride, m + (row * stride));
            for (; row < rows; row++)
                MixOne(p + ((nint)row * distance), count, v, stride, m + (row * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void MixFour(float* p, int distance, int count, float* v, int stride, float* m)
    {
        float* p0 = p, p1 = p0 + distance, p2 = p1 + distance, p3 = p2 + distance;
        for (var c = 0; c < stride; c += Vector<float>.Count)
        {
            var to = m + c;
            var s0 = Vector.Load(to);
            var s1 = Vector.Load(to + stride);
            var s2 = Vector.Load(to + (2 * stride));
            var s3 = Vector.Load(to + (3 * stride));
            for (var t = 0; t < count; t++)
            {
                var value = Vector.Load(v + ((nint)t * stride) + c);
                s0 = Vector.FusedMultiplyAdd(new Vector<float>(p0[t]), value, s0);
                s1 = Vector.FusedMultiplyAdd(new Vector<float>(p1[t]), value, s1);
                s2 = Vector.FusedMultiplyAdd(new Vector<float>(p2[t]), value, s2);
                s3 = Vector.FusedMultiplyAdd(new Vector<float>(p3[t]), value, s3);
            }

            s0.Store(to);
            s1.Store(to + stride);
            s2.Store(to + (2 * stride));
            s3.Store(to + (3 * stride));
        }
    }

    // The same for one query: four parts of the row side by side, for one part waits for its last addition at every step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void MixOne(float* p, int count, float* v, int stride, float* m)
    {
        var width = Vector<float>.Count;
        var c = 0;
        for (; c + (4 * width) <= stride; c += 4 * width)
        {
            var to = m + c;
            Vector<float> s0 = Vector.Load(to), s1 = Vector.Load(to + width);
            Vector<float> s2 = Vector.Load(to + (2 * width)), s3 = Vector.Load(to + (3 * width));
            for (var t = 0; t < count; t++)
            {
                var value = v + ((nint)t * stride) + c;
                var weight = new Vector<float>(p[t]);
                s0 = Vector.FusedMultiplyAdd(weight, Vector.Load(value), s0);
                s1 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + width), s1);
                s2 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + (2 * width)), s2);
                s3 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + (3 * width)), s3);
            }

            s0.Store(to);
            s1.Store(to + width);
            s2.Store(to + (2 * width));
            s3.Store(to + (3 * width));
        }

        for (; c < stride; c += width)
        {
            var sum = Vector.Load(m + c);
            for (var t = 0; t < count; t++)
                sum = Vector.FusedMultiplyAdd(new Vector<float>(p[t]), Vector.Load(v + ((nint)t * stride) + c), sum);
            sum.Store(m + c);
        }
    }
}
