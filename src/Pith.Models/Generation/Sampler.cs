using System.Globalization;
using System.Runtime.CompilerServices;
using Pith.Core.Diagnostics;
using Pith.Kernels.Ops;

namespace Pith.Models.Generation;

/// <summary>Draws tokens from logits.</summary>
/// <remarks>Probabilities are computed and summed in double precision, so draws depend on the logits and the seed alone. Not thread-safe.</remarks>
public sealed class Sampler
{
    private readonly SamplingOptions options;
    private readonly Random random;
    private readonly List<(int Id, double Weight)> kept = [];
    private double[] weights = [];
    private int[] heap = [];

    /// <summary>Starts a sequence of draws.</summary>
    /// <param name="options">How to draw.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Sampler(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        this.options = options;
        random = new Random(options.Seed);
    }

    /// <summary>Draws one token.</summary>
    /// <param name="logits">One number for each id; at least one, none NaN.</param>
    /// <exception cref="PithException">A logit is NaN or infinite, or all are minus infinity (<see cref="ModelsErrors.NonFiniteActivation"/>).</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        var likeliest = Likeliest(logits);
        var largest = logits[likeliest];
        if (!float.IsFinite(largest))
            throw new PithException(ModelsErrors.NonFiniteActivation, string.Create(CultureInfo.InvariantCulture, $"expected finite logits, found {largest} at {likeliest}"));
        if (options.Temperature == 0)
            return likeliest;

        Weigh(logits, largest);
        Keep(logits.Length);
        var sum = 0.0;
        foreach (var (_, weight) in kept)
            sum += weight;
        var draw = random.NextDouble() * sum;
        foreach (var (id, weight) in kept)
        {
            draw -= weight;
            if (draw < 0)
                return id;
        }

        return kept[^1].Id;
    }

    // The first of the largest, or the first that is no number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        var (likeliest, largest) = (0, float.NegativeInfinity);
        for (var id = 0; id < logits.Length; id++)
        {
            if (logits[id] <= largest)
                continue;
            if (float.IsNaN(logits[id]))
                return id;
            (likeliest, largest) = (id, logits[id]);
        }

        return likeliest;
    }

    // w_i = exp((x_i - max) / T): probabilities up to a common factor, the likeliest 1.
    private void Weigh(ReadOnlySpan<float> logits, float largest)
    {
        if (weights.Length != logits.Length)
            (weights, heap) = (new double[logits.Length], new int[logits.Length]);
        Elementwise.ExpOfDistance(logits, largest, options.Temperature, weights);
    }

    private void Keep(int count)
    {
        kept.Clear();
        var limit = options.TopK == 0 ? count : Math.Min(options.TopK, count);
        if (limit == count && options.TopP >= 1)
        {
            for (var id = 0; id < count; id++)
                AddIfLikely(id);
            return;
        }

        // A heap gives the likeliest first; few of a large vocabulary are ever taken.
        var (candidates, total) = limit == count ? Candidates(count) : (All(count), TotalOf(limit, count));
        Heapify(candidates);
        var sum = 0.0;
        for (var taken = 0; taken < Math.Min(limit, candidates) && (taken == 0 || sum < options.TopP * total); taken++)
        {
            var id = Pop(candidates - taken);
            sum += weights[id];
            AddIfLikely(id);
        }
    }

    private int All(int count)
    {
        for (var id = 0; id < count; id++)
            heap[id] = id;
        return count;
    }

    // Puts into the heap the ids that top-p can keep, and returns their number and the weight of all. Ids are counted by the power of two below
    // their weight: those of the powers that reach p together come before all others. Sums in another order differ by far less than the room.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private (int Candidates, double Total) Candidates(int count)
    {
        const int Powers = 64;
        const double RoundingRoom = 1e-6;
        Span<double> shares = stackalloc double[Powers];
        shares.Clear();
        for (var id = 0; id < count; id++)
            shares[Math.Min(Power(weights[id]), Powers - 1)] += weights[id];
        var total = 0.0;
        foreach (var share in shares)
            total += share;

        var (last, sum) = (0, shares[0]);
        while (last < Powers - 1 && sum < (options.TopP + RoundingRoom) * total)
            sum += shares[++last];
        if (last == Powers - 1)
            return (All(count), total);
        var candidates = 0;
        for (var id = 0; id < count; id++)
        {
            heap[candidates] = id;
            candidates += Power(weights[id]) <= last ? 1 : 0;
        }

        return (candidates, total);
    }

    // The k with 2^-k ≤ weight < 2^(1-k), of a weight up to 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Power(double weight) => 1023 - (int)(BitConverter.DoubleToUInt64Bits(weight) >> 52);

    private void AddIfLikely(int id)
    {
        if (weights[id] >= options.MinP && weights[id] > 0)
            kept.Add((id, weights[id]));
    }

    // The weight of the likeliest tokens together, of all ids; they are to be made a heap again afterwards.
    private double TotalOf(int limit, int count)
    {
        var total = 0.0;
        Heapify(count);
        for (var taken = 0; taken < limit; taken++)
            total += weights[Pop(count - taken)];
        All(count);
        return total;
    }

    private void Heapify(int count)
    {
        for (var i = (count / 2) - 1; i >= 0; i--)
            Sink(i, count);
    }

    private int Pop(int count)
    {
        var top = heap[0];
        heap[0] = heap[count - 1];
        Sink(0, count - 1);
        return top;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Sink(int at, int count)
    {
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= count)
                return;
            if (child + 1 < count && IsBefore(heap[child + 1], heap[child]))
                child++;
            if (!IsBefore(heap[child], heap[at]))
                return;
            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBefore(int a, int b) => weights[a] > weights[b] || (weights[a] == weights[b] && a < b);
}
