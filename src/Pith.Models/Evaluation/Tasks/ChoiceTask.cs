namespace Pith.Models.Evaluation.Tasks;

/// <summary>A multiple-choice task: its name, its files, how a line is read and how a prompt is made.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class ChoiceTask
{
    private readonly Func<TaskLine, TaskQuestion> fields;
    private readonly InstructionForm? instruction;
    private readonly Func<TaskQuestion, TaskLine, (string Preamble, IReadOnlyList<Choice> Choices)> prompt;

    internal ChoiceTask(
        string name,
        IReadOnlyList<string> fileNames,
        Func<TaskLine, TaskQuestion> fields,
        InstructionForm? instruction,
        Func<TaskQuestion, TaskLine, (string Preamble, IReadOnlyList<Choice> Choices)> prompt)
    {
        Name = name;
        FileNames = fileNames;
        this.fields = fields;
        this.instruction = instruction;
        this.prompt = prompt;
    }

    /// <summary>What it is called on the command line.</summary>
    public string Name { get; }

    /// <summary>What its files are called, without split and extension.</summary>
    public IReadOnlyList<string> FileNames { get; }

    /// <summary>Makes an item of a line in either form of data.</summary>
    internal MultipleChoiceItem Read(TaskLine line)
    {
        var question = instruction is not null && line.Has("instruction") ? instruction.Read(line) : fields(line);
        var (preamble, choices) = prompt(question, line);
        return new MultipleChoiceItem(preamble, choices, question.Answer, line.Number);
    }
}
