namespace Pith.Models.Evaluation.Boundaries;

/// <summary>How a model predicts a text, and how far it is from the reference model.</summary>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="TotalNll">Sum of -ln p(token), in nats.</param>
/// <param name="Kl">Mean over the scored tokens of KL(reference ‖ model), in nats.</param>
/// <param name="Passes">What the measurement cost: tokens times blocks run, over those of the whole text.</param>
public sealed record BoundaryScore(long Tokens, double TotalNll, Estimate Kl, double Passes)
{
    /// <summary>e to the mean of -ln p(token).</summary>
    public double Perplexity => Math.Exp(TotalNll / Tokens);
}
