namespace Pith.Models.Evaluation.Tasks;

/// <summary>One choice of an item: a text to be predicted after another.</summary>
/// <param name="Context">What stands before; not scored.</param>
/// <param name="Continuation">What is scored, with the space that parts it from the context.</param>
/// <param name="Text">The choice as the item has it, by whose bytes the score is divided.</param>
public sealed record Choice(string Context, string Continuation, string Text);
