using Pith.Bench.Studies.BlockFormats;
using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Models;
using Pith.Models.Llama;

namespace Pith.Bench.Studies.BlockGrid;

/// <summary>How one operand of one product looks, and what rounding does to it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Site">The product.</param>
/// <param name="Operand">Weight, input, Q, K or V.</param>
/// <param name="Variance">Over all numbers.</param>
/// <param name="Errors">Relative Frobenius error in each of <see cref="Formats"/>.</param>
internal sealed record OperandError(string Model, string Site, string Operand, double Variance, IReadOnlyList<double> Errors)
{
    /// <summary>The formats: two of the paper's, and its baseline with one scale for a row.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["bfp6:16", "bfp4:16", "fixed8", "fixed6"];

    /// <summary>Measures every weight, and every other operand while the model reads the beginning of its text.</summary>
    public static List<OperandError> Measure(CausalModel model, StudyModel study, int windows, CancellationToken cancellation)
    {
        var sums = new SortedDictionary<(Site Site, string Operand), Sums>();
        foreach (var window in study.Windows.Take(windows))
        {
            var session = model.CreateSession(window.Tokens.Length, Workers.Single);
            session.Observer = (site, isRight, rows, width) => Add((site, NameOf(site, isRight)), rows, width);
            session.Append(window.Tokens.Span, LogitRows.None, cancellation);
        }

        foreach (var (site, name) in study.Weights)
        {
            cancellation.ThrowIfCancellationRequested();
            var entry = study.Source.Tensors.Tensors[name];
            var values = new float[entry.Elements];
            study.Source.Tensors.ReadFloats(name, 0, values);
            Add((site, "weight"), values, entry.Columns);
        }

        return [.. sums.Select(pair => new OperandError(study.Name, pair.Key.Site.ToString(), pair.Key.Operand, pair.Value.Variance, [.. pair.Value.Errors()]))];

        void Add((Site, string) key, ReadOnlySpan<float> rows, int width)
        {
            if (!sums.TryGetValue(key, out var sum))
                sums.Add(key, sum = new Sums());
            sum.Add(rows, width);
        }
    }

    private static string NameOf(Site site, bool isRight) => (site.Kind, isRight) switch
    {
        (SiteKind.AttnQk, false) => "Q",
        (SiteKind.AttnQk, true) => "K",
        (SiteKind.AttnAv, true) => "V",
        _ => "input",
    };

    private sealed class Sums
    {
        private readonly FormatCodec[] codecs = [.. Formats.Select(format => FormatCodecs.For(NumberFormat.Parse(format)))];
        private readonly double[] errors = new double[Formats.Count];
        private double sum;
        private double squares;
        private long count;

        public double Variance => (squares / count) - (sum / count * (sum / count));

        // Row by row, as operands are rounded; also weights, whose calibrated formats would take one scale for all rows.
        public void Add(ReadOnlySpan<float> rows, int width)
        {
            var rounded = new float[width];
            for (var start = 0; start < rows.Length; start += width)
            {
                var row = rows.Slice(start, width);
                var largest = 0f;
                foreach (var x in row)
                {
                    sum += x;
                    squares += (double)x * x;
                    largest = Math.Max(largest, Math.Abs(x));
                }

                for (var i = 0; i < codecs.Length; i++)
                {
                    codecs[i].Round(row, rounded, codecs[i].TensorParameter(largest));
                    for (var j = 0; j < width; j++)
                        errors[i] += ((double)row[j] - rounded[j]) * ((double)row[j] - rounded[j]);
                }
            }

            count += rows.Length;
        }

        public IEnumerable<double> Errors() => errors.Select(error => Math.Sqrt(error / squares));
    }
}
