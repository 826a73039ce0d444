using System.Globalization;
using Pith.Bench.Studies.BlockFormats;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.BlockGrid;

/// <summary>Block floating point taken apart: widths, block sizes, products, layers and tensors.</summary>
internal static class BlockGridStudy
{
    /// <summary>Tokens of text a model reads at most: the tables have many cells, and a cell is compared with 32-bit floats on the same tokens.</summary>
    public const int Tokens = 4_088;

    private const int OperandWindows = 4;

    /// <summary>Measures whatever the journal does not hold yet, and writes <c>block-grid.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var results = new List<GridResult>();
        var operands = new List<OperandError>();
        var workers = new Workers(context.Threads);
        foreach (var study in StudyModels.Open(context.Repository, Math.Min(context.Tokens, Tokens), cancellation))
        {
            using (study)
            {
                var model = new Lazy<CausalModel>(() => CausalModel.Load(study.Config, study.Source.Tensors, workers: workers, cancellation: cancellation));
                var floats = context.Journal.GetOrAdd(
                    Journal.Key("block grid reference", study.Digest), () => Perplexity.Measure(model.Value, study.Windows, null, workers, null, cancellation).Nll);
                foreach (var cell in GridCell.All)
                {
                    results.Add(context.Journal.GetOrAdd(Journal.Key("block grid", study.Digest, cell.Table, cell.Row, cell.Column), () =>
                    {
                        var rounded = model.Value.WithPlan(cell.PlanFor(study.Sites), workers, cancellation);
                        // Only single products are compared distribution by distribution: it takes as long again.
                        var result = Perplexity.Measure(rounded, study.Windows, cell.Table == GridCell.Products ? model.Value : null, workers, null, cancellation);
                        var change = Math.Exp(result.Nll - floats) - 1;
                        context.Say(string.Create(CultureInfo.InvariantCulture, $"{study.Name}, {cell.Table}, {cell.Row}, {cell.Column}: {100 * change:F2} %"));
                        return new GridResult(study.Name, cell.Table, cell.Row, cell.Column, change, result.Kl);
                    }));
                }

                operands.AddRange(context.Journal.GetOrAdd(Journal.Key("block grid operands", study.Digest), () => OperandError.Measure(model.Value, study, OperandWindows, cancellation)));
            }
        }

        BlockGridReport.Write(context, results, operands);
    }
}
