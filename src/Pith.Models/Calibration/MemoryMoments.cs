using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>Second moments in memory.</summary>
internal sealed class MemoryMoments(int width) : MomentSums
{
    private readonly double[] sums = new double[SecondMoment.Start(width)];

    public override void AddStripe(ReadOnlySpan<float> transposed, int tokens, int first, int end) =>
        SecondMoment.AddStripe(transposed, tokens, first, end, sums.AsSpan((int)SecondMoment.Start(first), (int)(SecondMoment.Start(end) - SecondMoment.Start(first))));

    public override void Read(long start, Span<double> destination) => sums.AsSpan((int)start, destination.Length).CopyTo(destination);

    public override void Write(long start, ReadOnlySpan<double> values) => values.CopyTo(sums.AsSpan((int)start));
}
