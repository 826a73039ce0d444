using Pith.Studies.Trials;

namespace Pith.Studies.Pruning;

/// <summary>Decides whether a running trial is worth going on with.</summary>
/// <remarks>Holds no state, as a sampler does. Thread-safe.</remarks>
public interface IPruner
{
    /// <summary>Name and settings in one line, part of the study's identity.</summary>
    string Description { get; }

    /// <summary>Whether to give the trial up.</summary>
    /// <param name="soFar">What the trial found so far, at least one value.</param>
    /// <param name="finished">The trials that are done, pruned or failed.</param>
    /// <param name="direction">Which values are better.</param>
    bool IsHopeless(IReadOnlyList<IntermediateValue> soFar, IReadOnlyList<Trial> finished, Direction direction);
}
