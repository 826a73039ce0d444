namespace Pith.Studies.Samplers;

/// <summary>Most of the weight on the choice itself, a little on every choice; the less, the more trials there are.</summary>
/// <remarks>With n trials and K choices: (1 + s) / (1 + K s) on the choice and s / (1 + K s) on each other, s = 1 / (n + 1): one pseudo-count
/// spread over the components.</remarks>
/// <param name="count">Choices of the parameter, K.</param>
/// <param name="trials">Trials of the mixture, n.</param>
internal sealed class ChoiceKernel(int count, int trials) : Kernel
{
    private readonly double atCenter = (1 + (1.0 / (trials + 1))) / (1 + ((double)count / (trials + 1)));
    private readonly double elsewhere = 1.0 / (trials + 1) / (1 + ((double)count / (trials + 1)));

    public override Center CenterAt(double value) => new(value, 1);

    public override void Multiply(Span<double> products, double value, ReadOnlySpan<Center> centers)
    {
        for (var i = 0; i < centers.Length; i++)
            products[i] *= value == centers[i].Position ? atCenter : elsewhere;
    }

    public override double PriorDensity(double value) => 1.0 / count;

    // The center's surplus over the others is its own weight, the rest is spread evenly.
    public override double Draw(Center center, TrialRandom random) => random.Next() < atCenter - elsewhere ? center.Position : DrawPrior(random);

    public override double DrawPrior(TrialRandom random) => random.Below(count);
}
