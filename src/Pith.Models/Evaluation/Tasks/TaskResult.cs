namespace Pith.Models.Evaluation.Tasks;

/// <summary>How a model answers the items of a task.</summary>
/// <param name="Items">Items answered.</param>
/// <param name="Accuracy">Share of items whose right choice has the highest log-likelihood.</param>
/// <param name="NormalizedAccuracy">The same with each log-likelihood divided by the UTF-8 bytes of its choice.</param>
/// <param name="Truncated">Choices whose context lost its beginning because it was longer than the model's.</param>
public sealed record TaskResult(int Items, Estimate Accuracy, Estimate NormalizedAccuracy, int Truncated);
