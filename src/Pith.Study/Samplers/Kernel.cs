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

    /// <summary>What all densities around a value need.</summary>
    public abstract Center CenterAt(double value);

    /// <summary>Multiplies products, one for each center, by the density (of a choice: the probability) of a value around that center.</summary>
    public abstract void Multiply(Span<double> products, double value, ReadOnlySpan<Center> centers);

    /// <summary>The density of a value where nothing is known.</summary>
    public abstract double PriorDensity(double value);

    /// <summary>Draws a value around a center.</summary>
    public abstract double Draw(Center center, TrialRandom random);

    /// <summary>Draws a value where nothing is known.</summary>
    public abstract double DrawPrior(TrialRandom random);

    /// <summary>A value that was tried.</summary>
    /// <param name="Position">Where it is on the parameter's scale.</param>
    /// <param name="Inside">The part of its kernel within the bounds.</param>
    public readonly record struct Center(double Position, double Inside);
}
