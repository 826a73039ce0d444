namespace Pith.Tune.Training;

/// <summary>What a finished run leaves.</summary>
/// <param name="Weights">Final weights by hub name, float32.</param>
/// <param name="Losses">Mean loss of each step's batch, nats a token.</param>
/// <param name="ValidationLoss">Mean loss on the held-out blocks with the weights as stored, nats a token.</param>
/// <param name="ValidationTokens">Tokens predicted for it.</param>
/// <param name="Seconds">Time spent in steps, all resumptions together.</param>
/// <param name="TokensPerSecond">Mean training speed.</param>
public sealed record TrainingResult(
    IReadOnlyDictionary<string, float[]> Weights,
    IReadOnlyList<float> Losses,
    double ValidationLoss,
    long ValidationTokens,
    double Seconds,
    double TokensPerSecond);
