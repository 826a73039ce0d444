using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Ops;

/// <summary>Attention, causal or over a fixed number of positions, with grouped key and value heads: softmax(Q·Kᵀ/√d)·V.</summary>
/// <remarks>Q·Kᵀ contracts along the head; the mixing is done in axpy form (out += p_t · V_t), token after token, so that K and V can both be
/// cached, and rounded, one row a token. A query's result does not depend on the other queries of the call. Scalar equivalent:
/// <see cref="OpsReference.Attention"/>.</remarks>
public static class Attention
{
    private const int QueriesAtOnce = 8;

    /// <summary>Mixes values for every query.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="queries">[tokens, heads, stride]; padded with zeros behind the head's width.</param>
    /// <param name="keys">One array a kv head: [positions, stride], padded with zeros.</param>
    /// <param name="values">One array a kv head: [positions, stride], padded with zeros.</param>
    /// <param name="probabilities">Rounds each query's row of probabilities, blocks counted from the first token it sees; null: not rounded.</param>
    /// <param name="output">[tokens, heads · head size].</param>
    /// <param name="workers">The threads to use.</param>
    public static void Apply(
        AttentionShape shape,
        ReadOnlyMemory<float> queries,
        ReadOnlyMemory<float[]> keys,
        ReadOnlyMemory<float[]> values,
        FormatCodec? probabilities,
        Memory<float> output,
        Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var blocks = (shape.Tokens + QueriesAtOnce - 1) / QueriesAtOnce;
        var operations = 2L * shape.Heads * shape.Tokens * shape.EndSeen(shape.FirstPosition + shape.Tokens - 1) * shape.Stride;
        var work = new Work(shape, queries, keys, values, probabilities, output);
        workers.Run(shape.Heads * blocks, operations, work, static (work, first, end) => work.Mix(first, end));
    }

    // The operands of one call.
    private readonly record struct Work(
        AttentionShape Shape,
        ReadOnlyMemory<float> Queries,
        ReadOnlyMemory<float[]> Keys,
        ReadOnlyMemory<float[]> Values,
        FormatCodec? Probabilities,
        Memory<float> Output)
    {
        // Items are blocks of queries, head by head.
        public void Mix(int first, int end)
        {
            var blocks = (Shape.Tokens + QueriesAtOnce - 1) / QueriesAtOnce;
            var scores = ArrayPool<float>.Shared.Rent(QueriesAtOnce * Shape.EndSeen(Shape.FirstPosition + Shape.Tokens - 1));
            var mixed = ArrayPool<float>.Shared.Rent(QueriesAtOnce * Shape.Stride);
            try
            {
                for (var item = first; item < end; item++)
                {
                    var head = item / blocks;
                    var kvHead = head / (Shape.Heads / Shape.KvHeads);
                    Attention.Mix(
                        Shape, head, item % blocks * QueriesAtOnce, Queries.Span, Keys.Span[kvHead], Values.Span[kvHead], Probabilities, scores, mixed, Output.Span);
                }
            }
            finally
            {
                ArrayPool<float>.Shared.Return(scores);
                ArrayPool<float>.Shared.Return(mixed);
            }
        }
    }

    private static unsafe void Mix(
        AttentionShape shape,
        int head,
        int query,
        ReadOnlySpan<float> queries,
        float[] keys,
        float[] values,
        FormatCodec? probabilities,
        float[] scores,
        float[] mixed,
        Span<float> output)
    {
        var stride = shape.Stride;
        var rows = Math.Min(QueriesAtOnce, shape.Tokens - query);
        var position = shape.FirstPosition + query;
        var low = shape.FirstSeen(position);
        var count = shape.EndSeen(position + rows - 1) - low;
        var distance = shape.Heads * stride;
        fixed (float* q = queries, k = keys, v = values, p = scores, m = mixed)
        {
            Gemm.Multiply(q + ((nint)query * distance) + (head * stride), distance, rows, k + ((nint)low * stride), stride, count, stride, p, count);
            var scale = 1 / MathF.Sqrt(shape.HeadSize);
            for (var row = 0; row < rows; row++)
            {
                var all = scores.AsSpan(row * count, count);
                var begin = shape.FirstSeen(position + row) - low;
                var seen = all[begin..(shape.EndSeen(position + row) - low)];
                all[..begin].Clear();
                all[(begin + seen.Length)..].Clear();
                Softmax.Apply(seen, scale);
                probabilities?.Round(seen, seen, probabilities.TensorParameter(Reduction.Largest(seen)));
            }

            MixRows(p, count, rows, v + ((nint)low * stride), stride, m);
        }

        for (var row = 0; row < rows; row++)
        {
            mixed.AsSpan(row * stride, shape.HeadSize)
                .CopyTo(output[((((query + row) * shape.Heads) + head) * shape.HeadSize)..]);
        }
    }

    // m[row, c] = Σ_t p[row, t] · v[t, c], t ascending, one fused multiply-add a step. Probabilities of unseen tokens are zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void MixRows(float* p, int count, int rows, float* v, int stride, float* m)
    {
        for (var c = 0; c < stride; c += Vector<float>.Count)
        {
            for (var row = 0; row + 4 <= rows; row += 4)
            {
                float* p0 = p + ((nint)row * count), p1 = p0 + count, p2 = p1 + count, p3 = p2 + count;
                Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
                for (var t = 0; t < count; t++)
                {
                    var value = Vector.Load(v + ((nint)t * stride) + c);
                    s0 = Vector.FusedMultiplyAdd(new Vector<float>(p0[t]), value, s0);
                    s1 = Vector.FusedMultiplyAdd(new Vector<float>(p1[t]), value, s1);
                    s2 = Vector.FusedMultiplyAdd(new Vector<float>(p2[t]), value, s2);
                    s3 = Vector.FusedMultiplyAdd(new Vector<float>(p3[t]), value, s3);
                }

                var to = m + (row * stride) + c;
                s0.Store(to);
                s1.Store(to + stride);
                s2.Store(to + (2 * stride));
                s3.Store(to + (3 * stride));
            }
        }

        for (var row = rows / 4 * 4; row < rows; row++)
            MixRow(p + ((nint)row * count), count, v, stride, m + (row * stride));
    }

    // The same for one query: four parts of the row side by side, for one part waits for its last addition at every step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void MixRow(float* p, int count, float* v, int stride, float* m)
    {
        var width = Vector<float>.Count;
        var c = 0;
        for (; c + (4 * width) <= stride; c += 4 * width)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var t = 0; t < count; t++)
            {
                var value = v + ((nint)t * stride) + c;
                var weight = new Vector<float>(p[t]);
                s0 = Vector.FusedMultiplyAdd(weight, Vector.Load(value), s0);
                s1 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + width), s1);
                s2 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + (2 * width)), s2);
                s3 = Vector.FusedMultiplyAdd(weight, Vector.Load(value + (3 * width)), s3);
            }

            s0.Store(m + c);
            s1.Store(m + c + width);
            s2.Store(m + c + (2 * width));
            s3.Store(m + c + (3 * width));
        }

        for (; c < stride; c += width)
        {
            Vector<float> sum = default;
            for (var t = 0; t < count; t++)
                sum = Vector.FusedMultiplyAdd(new Vector<float>(p[t]), Vector.Load(v + ((nint)t * stride) + c), sum);
            sum.Store(m + c);
        }
    }
}
