namespace Pith.Models.Evaluation.Tasks;

/// <summary>What a line of a task's file says, before a task makes a prompt of it.</summary>
/// <param name="Text">The question, the goal, or the sentence with a blank.</param>
/// <param name="Choices">The choices.</param>
/// <param name="Answer">Index of the right one.</param>
/// <param name="Topic">The passage or the subject; empty for none.</param>
internal sealed record TaskQuestion(string Text, IReadOnlyList<string> Choices, int Answer, string Topic = "");
