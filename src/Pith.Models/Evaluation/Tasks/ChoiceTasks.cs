using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>The tasks there are, with the prompts of EleutherAI's evaluation harness (lm-evaluation-harness, version 0.4).</summary>
/// <remarks>Thread-safe.</remarks>
public static class ChoiceTasks
{
    private const string Letters = "ABCD";

    private static readonly InstructionForm s_answers = new("Please choose the correct answer to the question: ", "Answer");

    /// <summary>All tasks.</summary>
    public static IReadOnlyList<ChoiceTask> All { get; } =
    [
        new("arc_easy", ["arc_easy", "ARC-Easy"], line => Labelled(line, "question"), s_answers, (item, _) => Question(item, item.Text)),
        new("arc_challenge", ["arc_challenge", "ARC-Challenge"], line => Labelled(line, "question"), s_answers, (item, _) => Question(item, item.Text)),
        new("openbookqa", ["openbookqa"], line => Labelled(line, "question_stem"), s_answers, (item, _) => After(item.Text, item.Choices)),
        new("boolq", ["boolq"], BoolQ, new("Please answer the following question with true or false, question: ", null), (item, _) => YesNo(item)),
        new("piqa", ["piqa"], Piqa, new("Please choose the correct solution to the question: ", "Solution"), (item, _) => Question(item, item.Text)),
        new(
            "winogrande",
            ["winogrande"],
            Winogrande,
            new("Please choose the correct answer to fill in the blank to complete the given sentence: ", "Option"),
            Blank),
        new("mmlu", ["mmlu"], Mmlu, null, (item, _) => Lettered(item)),
    ];

    /// <summary>The task of a name.</summary>
    /// <exception cref="PithException">There is none (<see cref="ModelsErrors.UnknownTask"/>).</exception>
    public static ChoiceTask Find(string name) => All.FirstOrDefault(task => task.Name == name)
        ?? throw new PithException(ModelsErrors.UnknownTask, $"expected one of {string.Join(", ", All.Select(task => task.Name))}, found '{name}'");

    private static TaskQuestion Labelled(TaskLine line, string question)
    {
        var (texts, labels) = line.Labelled("choices");
        return new TaskQuestion(line.Text(question), texts, line.IndexOf("answerKey", labels));
    }

    private static TaskQuestion BoolQ(TaskLine line) => new(
        line.Text("question"), ["no", "yes"], line.Has("label") ? line.Index("label", 0, 2) : line.Truth("answer") ? 1 : 0, line.Text("passage"));

    private static TaskQuestion Piqa(TaskLine line) => new(line.Text("goal"), [line.Text("sol1"), line.Text("sol2")], line.Index("label", 0, 2));

    private static TaskQuestion Winogrande(TaskLine line) => new(
        line.Text("sentence"), [line.Text("option1"), line.Text("option2")], line.Index("answer", 1, 2));

    private static TaskQuestion Mmlu(TaskLine line)
    {
        var choices = line.Texts("choices");
        if (choices.Count != Letters.Length)
            throw line.Wrong("four choices");
        string[] letters = ["A", "B", "C", "D"];
        var text = line.Has("answer") ? "answer" : "label";
        var isLetter = line.TryIndexOf(text, letters, out var answer);
        return new TaskQuestion(line.Text("question"), choices, isLetter ? answer : line.Index(text, 0, letters.Length), line.Text("subject"));
    }

    private static (string, IReadOnlyList<Choice>) Question(TaskQuestion item, string question) => After($"Question: {question}\nAnswer:", item.Choices);

    private static (string, IReadOnlyList<Choice>) After(string context, IEnumerable<string> choices) =>
        ("", [.. choices.Select(choice => new Choice(context, " " + choice, choice))]);

    // Some data has the question mark already.
    private static (string, IReadOnlyList<Choice>) YesNo(TaskQuestion item)
    {
        var passage = item.Topic.Length > 0 ? item.Topic + "\n" : "";
        return After($"{passage}Question: {item.Text.TrimEnd('?', ' ')}?\nAnswer:", ["no", "yes"]);
    }

    // Partial evaluation: the same words are scored after either option (Trinh and Le, A Simple Method for Commonsense Reasoning, 2018).
    private static (string, IReadOnlyList<Choice>) Blank(TaskQuestion item, TaskLine line)
    {
        var blank = item.Text.IndexOf('_', StringComparison.Ordinal);
        var rest = blank < 0 ? "" : item.Text[(blank + 1)..].Trim();
        if (rest.Length == 0)
            throw line.Wrong("a sentence with a blank _ and words after it");
        return ("", [.. item.Choices.Select(option => new Choice(item.Text[..blank] + option, " " + rest, rest))]);
    }

    private static (string, IReadOnlyList<Choice>) Lettered(TaskQuestion item)
    {
        var context = new StringBuilder(item.Text.Trim()).Append('\n');
        for (var i = 0; i < Letters.Length; i++)
            context.Append(Letters[i]).Append(". ").Append(item.Choices[i]).Append('\n');
        var subject = item.Topic.Replace('_', ' ');
        var (_, choices) = After(context.Append("Answer:").ToString(), Letters.Select(letter => letter.ToString()));
        return ($"The following are multiple choice questions (with answers) about {subject}.\n\n", choices);
    }
}
