using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Compress.Blocks;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models;

namespace Pith.Cli.Verbs;

/// <summary>The options which give the operands of a model's matrix products other number formats for one run.</summary>
internal sealed class PlanOptions
{
    private readonly Option<string?> weights = Format("--weights", "Round every weight to this format.");
    private readonly Option<string?> activations = Format("--activations", "Round the inputs of every product with a weight to this format.");
    private readonly Option<string?> kv = Format("--kv", "Round K and V to this format. Default: that of --attention.");
    private readonly Option<string?> attention = Format("--attention", "Round Q and the attention probabilities to this format. Default: that of --activations.");

    private readonly Option<string?> plan = new("--plan")
    {
        Description = "A plan with formats for single sites; it wins over the other options.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in new[] { weights, activations, kv, attention, plan })
            verb.Add(option);
    }

    /// <summary>The model with the formats asked for laid over its own plan; the model itself when none was.</summary>
    public LanguageModel Apply(VerbContext context, LanguageModel model, Workers workers, CancellationToken cancellation) =>
        Over(context, model.Plan, model.Sites) is { } changed ? model.WithPlan(changed, workers, cancellation) : model;

    /// <summary>The encoder with the formats asked for laid over its own plan; the encoder itself when none was.</summary>
    public LanguageEncoder Apply(VerbContext context, LanguageEncoder encoder, Workers workers, CancellationToken cancellation) =>
        Over(context, encoder.Plan, encoder.Sites) is { } changed ? encoder.WithPlan(changed, workers, cancellation) : encoder;

    private Plan? Over(VerbContext context, Plan own, IReadOnlyList<Site> sites)
    {
        var options = new QuantizeOptions
        {
            Weights = Parse(context.Get(weights)),
            Activations = Parse(context.Get(activations)),
            Kv = Parse(context.Get(kv)),
            Attention = Parse(context.Get(attention)),
            Overrides = context.Get(plan) is { } path ? Plan.Load(path) : Plan.Empty,
        };
        return options is { Weights: null, Activations: null, Kv: null, Attention: null, Overrides.Sites.Count: 0 }
            ? null
            : own.With(options.PlanFor(sites));
    }

    private static NumberFormat? Parse(string? text) => text is null ? null : NumberFormat.Parse(text);

    private static Option<string?> Format(string name, string description) =>
        new(name) { Description = description, HelpName = "F" };
}
