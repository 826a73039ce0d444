namespace Pith.Bench.Studies.BlockFormats;

/// <summary>What every number format does to perplexity, divergence and weights of real models, both operands of all products rounded.</summary>
internal static class BlockFormatStudy
{
    /// <summary>Measures whatever the journal does not hold yet, and writes <c>block-formats.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var models = new List<ModelResult>();
        var formats = new List<FormatResult>();
        var parts = new List<PartResult>();
        var scaleRules = new List<ScaleRuleCheck>();
        var layers = new List<LayerResult>();
        foreach (var study in StudyModels.Open(context.Repository, context.Tokens, cancellation))
        {
            using (study)
            {
                var run = new ModelRun(context, study, cancellation);
                models.Add(run.Reference());
                formats.AddRange(StudiedFormat.All.Select(run.Measure));
                parts.AddRange(run.Parts());
                layers.AddRange(run.Layers());
                scaleRules.AddRange(run.ScaleRules());
            }
        }

        BlockFormatReport.Write(context, new BlockFormatResults(models, formats, parts, scaleRules, layers));
    }
}
