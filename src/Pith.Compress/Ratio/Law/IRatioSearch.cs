using Pith.Studies.Samplers;

namespace Pith.Compress.Ratio.Law;

/// <summary>Finds which units of a model to put into low precision, given their share.</summary>
/// <remarks>Depends on its arguments alone. Thread-safe.</remarks>
public interface IRatioSearch
{
    /// <summary>Name and settings in one line, part of a study's identity.</summary>
    string Description { get; }

    /// <summary>Which units are low.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="ratio">The share wanted, 0 to 1; the units reach it as nearly as they can.</param>
    /// <param name="random">Random numbers of this search.</param>
    /// <param name="cancellation">Stops between measurements.</param>
    bool[] Find(RatioProblem problem, double ratio, TrialRandom random, CancellationToken cancellation);
}
