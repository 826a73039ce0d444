using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Llama;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>How large the operands of the products are while a model reads its text.</summary>
internal sealed class OperandStatistics
{
    private readonly SortedDictionary<(Site Site, bool IsRight), Sums> _operands = [];

    private OperandStatistics()
    {
    }

    /// <summary>Runs a model over the beginning of its text.</summary>
    /// <param name="model">The model, in 32-bit floats.</param>
    /// <param name="study">Its text.</param>
    /// <param name="windows">Windows to read.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static OperandStatistics Measure(CausalModel model, StudyModel study, int windows, CancellationToken cancellation)
    {
        var statistics = new OperandStatistics();
        foreach (var window in study.Windows.Take(windows))
        {
            var session = model.CreateSession(window.Tokens.Length, Workers.Single);
            session.Observer = statistics.Add;
            session.Append(window.Tokens.Span, LogitRows.None, cancellation);
        }

        return statistics;
    }

    /// <summary>Variance over all numbers of an operand.</summary>
    public double Variance(Site site, bool isRight = false)
    {
        var sums = _operands[(site, isRight)];
        var mean = sums.Sum / sums.Count;
        return (sums.Squares.Sum() / sums.Count) - (mean * mean);
    }

    /// <summary>Largest magnitude of an operand over its root mean square.</summary>
    public double Peak(Site site, bool isRight = false)
    {
        var sums = _operands[(site, isRight)];
        return sums.Largest / Math.Sqrt(sums.Squares.Sum() / sums.Count);
    }

    /// <summary>Mean square of each column of a left operand: what a weight's column matters.</summary>
    public float[] Importance(Site site)
    {
        var sums = _operands[(site, false)];
        return [.. sums.Squares.Select(square => (float)(square * sums.Squares.Length / sums.Count))];
    }

    private void Add(Site site, bool isRight, ReadOnlySpan<float> rows, int width)
    {
        if (!_operands.TryGetValue((site, isRight), out var sums))
            _operands.Add((site, isRight), sums = new Sums(width));
        for (var i = 0; i < rows.Length; i++)
        {
            double x = rows[i];
            sums.Sum += x;
            sums.Squares[i % width] += x * x;
            sums.Largest = Math.Max(sums.Largest, Math.Abs(x));
        }

        sums.Count += rows.Length;
    }

    private sealed class Sums(int width)
    {
        public double[] Squares { get; } = new double[width];

        public double Sum { get; set; }

        public double Largest { get; set; }

        public long Count { get; set; }
    }
}
