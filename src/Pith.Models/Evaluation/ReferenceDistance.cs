namespace Pith.Models.Evaluation;

/// <summary>How far a model's predictions are from a reference model's over a text, in the figures of llama.cpp's perplexity tool.</summary>
/// <remarks>Standard errors treat the scored tokens as independent draws.</remarks>
/// <param name="Kl">Mean over the scored tokens of KL(reference ‖ model), in nats.</param>
/// <param name="LogPerplexityRatio">ln(perplexity / perplexity of the reference): the mean difference of -ln p(token).</param>
/// <param name="DeltaPRms">Root of the mean square of p(token) - p(token) of the reference: 0 to 1.</param>
/// <param name="TopAgreement">Share of the scored tokens at which both find the same token most likely.</param>
public sealed record ReferenceDistance(Estimate Kl, Estimate LogPerplexityRatio, Estimate DeltaPRms, Estimate TopAgreement);
