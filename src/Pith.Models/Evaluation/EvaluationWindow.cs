namespace Pith.Models.Evaluation;

/// <summary>A piece of text which a model sees at once, and the part of it that is scored.</summary>
/// <param name="Tokens">Token ids.</param>
/// <param name="FirstScored">Index of the first token whose probability counts, ≥ 1; those before are context only.</param>
/// <param name="Bytes">UTF-8 bytes of the scored tokens' text.</param>
public sealed record EvaluationWindow(ReadOnlyMemory<int> Tokens, int FirstScored, long Bytes)
{
    /// <summary>Tokens that are scored.</summary>
    public int Scored => Tokens.Length - FirstScored;
}
