namespace Pith.Models.Evaluation;

/// <summary>How well a model predicts a text.</summary>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="Windows">Windows: documents, or blocks of a plain text.</param>
/// <param name="Bytes">UTF-8 bytes of the scored tokens' text.</param>
/// <param name="TotalNll">Sum of -ln p(token), in nats.</param>
/// <param name="Reference">How far the model is from a reference; null without one.</param>
public sealed record PerplexityResult(long Tokens, int Windows, long Bytes, double TotalNll, ReferenceDistance? Reference)
{
    /// <summary>Mean over the scored tokens of KL(reference ‖ model), in nats; null without a reference.</summary>
    public double? Kl => Reference?.Kl.Value;

    /// <summary>Share of the scored tokens at which model and reference find the same token most likely; null without a reference.</summary>
    public double? TopAgreement => Reference?.TopAgreement.Value;

    /// <summary>Mean of -ln p(token), in nats a token.</summary>
    public double Nll => TotalNll / Tokens;

    /// <summary>e to the mean.</summary>
    public double Perplexity => Math.Exp(Nll);

    /// <summary>Bits to code a byte of the text, which compares between vocabularies.</summary>
    public double BitsPerByte => TotalNll / Math.Log(2) / Bytes;
}
