using Pith.Bench.Studies.BlockFormats;
using Pith.Models.Calibration;
using Pith.Models.Evaluation;

namespace Pith.Bench.Studies.LowRank;

/// <summary>What low-rank corrections do to whole models: every method, several ranks, weights of 2, 3 and 4 bits, activations of 8.</summary>
internal static class LowRankStudy
{
    // Of the staged models' documents, the first 200 are evaluated; the next ones are calibrated on.
    private const int EvaluatedDocuments = 200;
    private const int CalibrationDocuments = 100;
    private const int StagedContext = 256;

    /// <summary>Measures whatever the journal does not hold yet, and writes <c>low-rank.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var models = new List<LowRankModel>();
        var rows = new List<LowRankRow>();
        foreach (var study in StudyModels.Open(context.Repository, context.Tokens, cancellation))
        {
            using (study)
            {
                using var run = new LowRankRun(context, study, CalibrationTextOf(context, study, cancellation), cancellation);
                models.Add(run.Reference());
                rows.AddRange(run.Rows());
            }
        }

        LowRankReport.Write(context, models, rows);
    }

    private static CalibrationText CalibrationTextOf(StudyContext context, StudyModel study, CancellationToken cancellation)
    {
        var tokenizer = study.Source.LoadTokenizer();
        if (study.Name.StartsWith("pith-", StringComparison.Ordinal))
            return CalibrationText.Read(Path.Combine(context.Repository, "data", "calibrate.txt"), study.Config, tokenizer, cancellation);
        var path = Path.Combine(context.Repository, StudyModels.Staged, StudyModels.StagedText);
        var options = new EvaluationOptions { Context = StagedContext, MaxDocuments = EvaluatedDocuments + CalibrationDocuments, Whitespace = StudyModels.WhitespaceOf(study.Name) };
        return new CalibrationText([.. EvaluationText.Read(path, tokenizer, options, cancellation).Skip(EvaluatedDocuments).Select(window => window.Tokens)]);
    }
}
