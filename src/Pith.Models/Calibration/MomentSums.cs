using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>The packed lower triangle of Σ xᵀx of one input, wherever it is held.</summary>
/// <remarks>Different stripes may be added to from several threads.</remarks>
internal abstract class MomentSums
{
    /// <summary>Adds tokens to rows <paramref name="first"/> … <paramref name="end"/>-1; see <see cref="SecondMoment.AddStripe"/>.</summary>
    public abstract void AddStripe(ReadOnlySpan<float> transposed, int tokens, int first, int end);

    /// <summary>Reads packed numbers.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="destination">Receives as many as it is long.</param>
    public abstract void Read(long start, Span<double> destination);

    /// <summary>Writes packed numbers.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="values">The numbers.</param>
    public abstract void Write(long start, ReadOnlySpan<double> values);
}
