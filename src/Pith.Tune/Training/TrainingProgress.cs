namespace Pith.Tune.Training;

/// <summary>Where a run stands after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss of the step's batch, nats a token.</param>
/// <param name="TokensPerSecond">Speed of the last steps.</param>
/// <param name="Remaining">Time left at that speed.</param>
public sealed record TrainingProgress(int Step, int Steps, float Loss, double TokensPerSecond, TimeSpan Remaining);
