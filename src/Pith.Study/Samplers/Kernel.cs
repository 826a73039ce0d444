using Pith.Studies.Spaces;

namespace Pith.Studies.Samplers;

/// <summary>How a value that was tried spreads over the values of its parameter. Immutable, hence thread-safe.</summary>
internal abstract class Kernel
{
    /// <summary>The kernel of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="trials">Trials of the mixture: the more, the narrower.</param>
    /// <param name="dimensions">Parameters of the group: the more, the wider.</param>
    public static Kernel Of(Parameter parameter, int trials, int dimensions) => parameter switch
    {
        CategoricalParameter categorical => new ChoiceKernel(categorical.Choices.Count, trials),
        NumericParameter numeric => new NumberKernel(numeric, trials, dimensions),
        _ => throw new ArgumentException($"'{parameter.Name}' is of no known kind.", nameof(parameter)),
    };

    /// <summary>The density (of a choice: the probability) of a value around a center.</summary>
    public abstract double Density(double value, double center);

    /// <summary>The density of a value where nothing is known.</summary>
    public abstract double PriorDensity(double value);

    /// <summary>Draws a value around a center.</summary>
    public abstract double Draw(double center, TrialRandom random);

    /// <summary>Draws a value where nothing is known.</summary>
    public abstract double DrawPrior(TrialRandom random);
}
