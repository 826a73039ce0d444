namespace Pith.Bench.Studies.Ratio;

/// <summary>What one method found for one model, set-up and budget.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Setup">Name of the set-up.</param>
/// <param name="Budget">Bits of a value that may be spent.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Bits">Bits of a value that were spent.</param>
/// <param name="CalibrationKl">Divergence on the calibration text.</param>
/// <param name="Kl">Divergence on the held-out text.</param>
/// <param name="Perplexity">Perplexity on the held-out text.</param>
/// <param name="ReferencePerplexity">The unquantized model's.</param>
/// <param name="Ratio">The quantization ratio.</param>
/// <param name="Passes">Cost, in passes over the calibration text.</param>
/// <param name="Seconds">Time, the measuring on the held-out text included.</param>
internal sealed record RatioRow(
    string Model,
    string Setup,
    double Budget,
    string Method,
    double Bits,
    double CalibrationKl,
    double Kl,
    double Perplexity,
    double ReferencePerplexity,
    double Ratio,
    double Passes,
    double Seconds);
