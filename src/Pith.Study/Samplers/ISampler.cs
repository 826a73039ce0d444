using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Studies.Samplers;

/// <summary>Proposes what to try next.</summary>
/// <remarks>A sampler holds no state: what it proposes depends on its settings and the arguments of the call alone. This is what
/// makes a study that was killed go on as if nothing had happened. Thread-safe.</remarks>
public interface ISampler
{
    /// <summary>Name and settings in one line, part of the study's identity.</summary>
    string Description { get; }

    /// <summary>Proposes the assignment of the next trial.</summary>
    /// <param name="space">What can be decided.</param>
    /// <param name="objectives">What is wanted.</param>
    /// <param name="finished">Trials that are done, pruned or failed, in order of their numbers.</param>
    /// <param name="random">The random numbers of the trial that is asked for.</param>
    Assignment Suggest(SearchSpace space, IReadOnlyList<Objective> objectives, IReadOnlyList<Trial> finished, TrialRandom random);
}
