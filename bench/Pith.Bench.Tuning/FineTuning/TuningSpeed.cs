namespace Pith.Bench.Tuning.FineTuning;

/// <summary>How long tuning took.</summary>
/// <param name="Model">The model.</param>
/// <param name="TunedAs">Name of the <see cref="TunedFormat"/>, or <see cref="TuningResult.InFloats"/>.</param>
/// <param name="Seconds">Seconds in steps.</param>
/// <param name="FirstLoss">Loss of the first batch, nats a token.</param>
/// <param name="LastLoss">Mean loss of the last tenth of the steps, nats a token.</param>
internal sealed record TuningSpeed(string Model, string TunedAs, double Seconds, double FirstLoss, double LastLoss);
