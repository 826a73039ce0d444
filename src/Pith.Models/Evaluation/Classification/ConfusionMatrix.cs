namespace Pith.Models.Evaluation.Classification;

/// <summary>How often which label was given where which was right.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="labels">Number of labels, at least 1.</param>
    public ConfusionMatrix(int labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        counts = new long[labels, labels];
    }

    /// <summary>Number of labels.</summary>
    public int Labels => counts.GetLength(0);

    /// <summary>Texts counted.</summary>
    public long Items { get; private set; }

    /// <summary>Counts a text.</summary>
    /// <param name="right">The right label.</param>
    /// <param name="given">The label it was given.</param>
    public void Add(int right, int given)
    {
        counts[right, given]++;
        Items++;
    }

    /// <summary>Texts that got the right label.</summary>
    public long Hits => Sum(label => counts[label, label]);

    /// <summary>One label by itself.</summary>
    public LabelResult Of(int label, string name)
    {
        var (hits, right, given) = (counts[label, label], Right(label), Given(label));
        return new LabelResult(name, right, given == 0 ? 0 : (double)hits / given, right == 0 ? 0 : (double)hits / right, F1(hits, right + given));
    }

    /// <summary>The mean F1 of the labels that are right or were given at least once, and its standard error by the jackknife.</summary>
    /// <remarks>Jackknife: the figure without each text in turn, the same labels kept; σ² = (n - 1) / n · Σ (θ_i - mean θ)². Texts in one cell of
    /// the matrix give one figure, so the cost does not grow with their number. Source: Efron and Stein 1981 (Annals of Statistics 9, 586-596).</remarks>
    public Estimate MacroF1()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Items);
        var present = Enumerable.Range(0, Labels).Where(label => Right(label) + Given(label) > 0).ToArray();
        var (hits, sums) = (present.Select(label => counts[label, label]).ToArray(), present.Select(label => Right(label) + Given(label)).ToArray());
        var whole = present.Index().Select(pair => F1(hits[pair.Index], sums[pair.Index])).ToArray();
        var value = whole.Average();
        double mean = 0, squares = 0;
        for (var i = 0; i < present.Length; i++)
        {
            for (var j = 0; j < present.Length; j++)
            {
                // Without a text that is right for i and was given j: F1 of these two changes.
                var count = counts[present[i], present[j]];
                if (count == 0)
                    continue;
                var change = i == j
                    ? F1(hits[i] - 1, sums[i] - 2) - whole[i]
                    : F1(hits[i], sums[i] - 1) - whole[i] + F1(hits[j], sums[j] - 1) - whole[j];
                mean += count * change / present.Length / Items;
                squares += count * change * change / present.Length / present.Length;
            }
        }

        var spread = Math.Max(0, squares - (Items * mean * mean));
        return new Estimate(value, Math.Sqrt((Items - 1.0) / Items * spread));
    }

    // 2 · hits / (right + given); a label that is neither right nor given has none.
    private static double F1(long hits, long sum) => sum == 0 ? 0 : 2.0 * hits / sum;

    private long Right(int label) => Sum(other => counts[label, other]);

    private long Given(int label) => Sum(other => counts[other, label]);

    private long Sum(Func<int, long> count) => Enumerable.Range(0, Labels).Sum(count);
}
