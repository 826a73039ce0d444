using Pith.Core.Diagnostics;
using Pith.Kernels;

namespace Pith.Models.Evaluation.Classification;

/// <summary>Lets an encoder label texts, and counts how often it is right.</summary>
/// <remarks>Results do not depend on the number of threads. Thread-safe.</remarks>
public static class TextClassification
{
    // Texts between two reports of progress.
    private const int Group = 64;

    /// <summary>Labels every text.</summary>
    /// <param name="encoder">A model with a head for texts.</param>
    /// <param name="texts">The texts, at least one; labels are the model's.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="progress">Told the share of the texts that is done.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <exception cref="PithException">The model has no head for texts, or several labels of a text can be right at once
    /// (<see cref="ModelsErrors.NoHead"/>).</exception>
    public static ClassificationResult Measure(
        LanguageEncoder encoder,
        IReadOnlyList<LabeledText> texts,
        Workers? workers = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        if (encoder.Config.IsMultiLabel)
            throw new PithException(ModelsErrors.NoHead, $"{encoder.Path}: expected labels that exclude each other, found several at once");
        var labels = encoder.Config.Labels;
        var matrix = new ConfusionMatrix(Math.Max(1, labels.Count));
        var truncated = 0;
        for (var first = 0; first < texts.Count; first += Group)
        {
            var group = texts.Skip(first).Take(Group).ToArray();
            var found = encoder.Classify([.. group.Select(text => text.Text)], workers, cancellation);
            for (var i = 0; i < group.Length; i++)
                matrix.Add(group[i].Label, found[i].Index);
            truncated += found.Count(text => text.IsTruncated);
            progress?.Report((double)(first + group.Length) / texts.Count);
        }

        return new ClassificationResult(
            texts.Count, Estimate.Share(matrix.Hits, texts.Count), matrix.MacroF1(), [.. labels.Select((label, index) => matrix.Of(index, label))], truncated);
    }
}
