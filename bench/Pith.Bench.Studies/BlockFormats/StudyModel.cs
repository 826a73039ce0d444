using Pith.Core.Sites;
using Pith.Models.Checkpoints;
using Pith.Models.Evaluation;
using Pith.Models;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>A model under study with the text it is measured on.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Text">What the text is, for people.</param>
/// <param name="Digest">Tells this model and text from others.</param>
/// <param name="Source">The model.</param>
/// <param name="Windows">The text, cut.</param>
internal sealed record StudyModel(
    string Name, string Text, string Digest, ModelSource Source, IReadOnlyList<EvaluationWindow> Windows) : IDisposable
{
    /// <summary>Its shape.</summary>
    public ModelConfig Config => Source.Config;

    /// <summary>Every product.</summary>
    public IReadOnlyList<Site> Sites { get; } = [.. Source.Config.Sites.Select(shape => shape.Site)];

    /// <summary>Every weight of the blocks.</summary>
    public IReadOnlyList<(Site Site, string Name)> Weights { get; } =
        [.. Source.Config.Sites.Where(shape => shape.Site.HasWeight).Select(shape => (shape.Site, Source.Config.WeightNameOf(shape.Site)))];

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();
}
