namespace Pith.Models.Evaluation.Tasks;

/// <summary>A question with choices of which one is right.</summary>
/// <param name="Preamble">Said once, before examples and question; empty for none. Examples come from items with the same one.</param>
/// <param name="Choices">The choices, at least two.</param>
/// <param name="Answer">Index of the right one.</param>
/// <param name="Line">Line of the file it comes from, from 1.</param>
public sealed record MultipleChoiceItem(string Preamble, IReadOnlyList<Choice> Choices, int Answer, int Line)
{
    /// <summary>The item with its right choice, as an example for others.</summary>
    internal string Example => Choices[Answer].Context + Choices[Answer].Continuation;
}
