using Pith.Studies.Spaces;

namespace Pith.Studies.Samplers;

/// <summary>A normal distribution on the parameter's scale, cut off at its bounds.</summary>
/// <remarks>Standard deviation: the range times 0.2 n^(-1/(d+4)) (Scott's rule for d dimensions, 0.2 ranges for one trial), never below a
/// hundredth of the range or, with few trials, 1/(n+2) of it. Where nothing is known: centered, as wide as the range. Of an integer the
/// weight of its unit interval counts. Constants follow Watanabe, arXiv 2304.11127, section 3.3.</remarks>
internal sealed class NumberKernel : Kernel
{
    private const double Spread = 0.2;
    private const int ScottOffset = 4;
    private const int NarrowestShare = 100;
    private const int Draws = 64;

    private readonly NumericParameter parameter;
    private readonly double low;
    private readonly double high;
    private readonly double width;

    public NumberKernel(NumericParameter parameter, int trials, int dimensions)
    {
        this.parameter = parameter;
        (low, high) = (parameter.ScaleLow, parameter.ScaleHigh);
        var scott = Spread * Math.Pow(Math.Max(1, trials), -1.0 / (dimensions + ScottOffset));
        width = (high - low) * Math.Max(scott, 1.0 / Math.Min(NarrowestShare, trials + 2));
    }

    private double Middle => (low + high) / 2;

    public override Center CenterAt(double value)
    {
        var position = parameter.ToScale(value);
        return new Center(position, Inside(position, width));
    }

    public override void Multiply(Span<double> products, double value, ReadOnlySpan<Center> centers) => Multiply(products, value, centers, width);

    public override double PriorDensity(double value)
    {
        var (density, range) = (1.0, high - low);
        Multiply(new Span<double>(ref density), value, [new Center(Middle, Inside(Middle, range))], range);
        return density;
    }

    public override double Draw(Center center, TrialRandom random) => Draw(center.Position, width, random);

    public override double DrawPrior(TrialRandom random) => Draw(Middle, high - low, random);

    private double Inside(double center, double deviation) => Cumulative((high - center) / deviation) - Cumulative((low - center) / deviation);

    private void Multiply(Span<double> products, double value, ReadOnlySpan<Center> centers, double deviation)
    {
        if (high == low)
            return;
        var (below, above) = (parameter.ToScale(parameter.EdgeBelow(value)), parameter.ToScale(parameter.EdgeAbove(value)));
        var norm = Math.Sqrt(2 * Math.PI) * deviation;
        for (var i = 0; i < centers.Length; i++)
        {
            var (center, inside) = centers[i];
            var z = (below - center) / deviation;
            products[i] *= below < above
                ? Math.Max(0, Cumulative((above - center) / deviation) - Cumulative(z)) / inside
                : Math.Exp(-z * z / 2) / (norm * inside);
        }
    }

    // The center lies inside and the deviation is at most the range: more than a third of the draws lie inside too.
    private double Draw(double center, double deviation, TrialRandom random)
    {
        for (var draw = 0; draw < Draws; draw++)
        {
            var value = center + (deviation * random.Normal());
            if (value >= low && value <= high)
                return parameter.FromScale(value);
        }

        return parameter.FromScale(center);
    }

    // Abramowitz and Stegun 26.2.17: absolute error below 7.5e-8.
    private static double Cumulative(double z)
    {
        const double P = 0.2316419;
        ReadOnlySpan<double> b = [0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
        var t = 1 / (1 + (P * Math.Abs(z)));
        var tail = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * t * (b[0] + (t * (b[1] + (t * (b[2] + (t * (b[3] + (t * b[4]))))))));
        return z >= 0 ? 1 - tail : tail;
    }
}
