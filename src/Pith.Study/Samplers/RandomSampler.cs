using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Studies.Samplers;

/// <summary>Draws every parameter by itself, whatever was found before. Thread-safe.</summary>
public sealed class RandomSampler : ISampler
{
    /// <inheritdoc/>
    public string Description => "random";

    /// <inheritdoc/>
    public Assignment Suggest(SearchSpace space, IReadOnlyList<Objective> objectives, IReadOnlyList<Trial> finished, TrialRandom random)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.Draw(random);
    }
}
