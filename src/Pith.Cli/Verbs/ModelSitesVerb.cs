using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;
using Pith.Core.Sites;
using Pith.Models.Checkpoints;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model sites</c>: every matrix product of a model's blocks.</summary>
internal static class ModelSitesVerb
{
    public static Verb Create()
    {
        var source = ModelVerb.ModelArgument();
        return new Verb(
            "sites",
            "Lists the matrix products that a plan decides about, with shapes and formats.",
            (context, _) => Execute(context, context.Get(source)),
            "pith model sites models/pith-0.45m")
        {
            source,
        };
    }

    private static ExitCode Execute(VerbContext context, string source)
    {
        using var model = ModelSource.Open(source);
        var rows = model.Config.Sites.Select(shape => new
        {
            Site = shape.Site.ToString(),
            shape.Outputs,
            shape.Inputs,
            Parameters = shape.Weights,
            Weights = Stored(model, shape.Site) ?? model.Plan[shape.Site].Weights?.ToString(),
            Activations = model.Plan[shape.Site].Activations?.ToString(),
        }).ToList();

        var table = new Table(
            $"{rows.Count} sites of {source}",
            TableColumn.OfText("site"), TableColumn.OfNumber("outputs", 0), TableColumn.OfNumber("inputs", 0), TableColumn.OfNumber("parameters", 0),
            TableColumn.OfText("weights"), TableColumn.OfText("activations"));
        foreach (var row in rows)
            table.Add(row.Site, row.Outputs, row.Inputs, row.Parameters, row.Weights ?? "–", row.Activations ?? "–");
        context.Output.Result(new { model = source, sites = rows }, table);
        return ExitCode.Ok;
    }

    // How the weight is stored; the products of attention have none.
    private static string? Stored(ModelSource model, Site site)
    {
        if (!site.HasWeight)
            return null;
        var name = model.Config.WeightNameOf(site);
        return model.PackedFormats.GetValueOrDefault(name)?.ToString() ?? model.Tensors.Tensors[name].Type.Name();
    }
}
