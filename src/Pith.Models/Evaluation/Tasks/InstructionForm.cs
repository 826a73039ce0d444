using System.Globalization;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>Takes apart the items of the LLM-Adapters data, which carry question and choices inside one instruction:
/// a fixed beginning, the question, <c>Answer1: … Answer2: …</c>, and <c>Answer format: answer1/answer2</c>.</summary>
/// <param name="Beginning">The words before the question.</param>
/// <param name="Word">What the choices are called, with a capital; null where the answer is true or false.</param>
internal sealed record InstructionForm(string Beginning, string? Word)
{
    private const string Format = "Answer format: ";

    /// <summary>Question, choices and answer of a line; of a true-false question the choices are false and true.</summary>
    public TaskQuestion Read(TaskLine line)
    {
        var text = line.Text("instruction");
        if (!text.StartsWith(Beginning, StringComparison.Ordinal))
            throw line.Wrong($"an instruction that begins with \"{Beginning}\"");
        var end = text.LastIndexOf(Format, StringComparison.Ordinal);
        if (end < Beginning.Length)
            throw line.Wrong($"an instruction that ends with \"{Format}…\"");
        var names = text[(end + Format.Length)..].Trim().Split('/');
        var body = text[Beginning.Length..end].Trim();
        return Word is null
            ? new TaskQuestion(NotEmpty(body, "question", line), ["false", "true"], line.IndexOf("answer", ["false", "true"]))
            : Choices(body, Word, names, line);
    }

    private static TaskQuestion Choices(string body, string word, string[] names, TaskLine line)
    {
        var expected = Enumerable.Range(1, names.Length)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{word.ToLowerInvariant()}{i}"));
        if (names.Length < 2 || !names.SequenceEqual(expected))
            throw line.Wrong($"an answer format {word.ToLowerInvariant()}1/{word.ToLowerInvariant()}2 and so on");
        var start = body.LastIndexOf($"\n{word}1:", StringComparison.Ordinal);
        if (start < 0)
            throw line.Wrong($"a line that begins with \"{word}1:\"");
        var question = NotEmpty(body[..start].Trim(), "question", line);
        var choices = new string[names.Length];
        start++;
        for (var i = 0; i < names.Length; i++)
        {
            start += Label(word, i).Length;
            var end = i + 1 < names.Length ? Find(body, Label(word, i + 1), start) : body.Length;
            if (end < 0)
                throw line.Wrong($"\"{Label(word, i + 1)}\" in the instruction");
            choices[i] = NotEmpty(body[start..end].Trim(), names[i], line);
            start = end;
        }

        return new TaskQuestion(question, choices, line.IndexOf("answer", names));
    }

    private static string Label(string word, int index) => string.Create(CultureInfo.InvariantCulture, $"{word}{index + 1}:");

    // A label stands at the beginning of a word.
    private static int Find(string text, string label, int start)
    {
        var found = text.IndexOf(label, start, StringComparison.Ordinal);
        while (found > 0 && !char.IsWhiteSpace(text[found - 1]))
            found = text.IndexOf(label, found + 1, StringComparison.Ordinal);
        return found;
    }

    private static string NotEmpty(string text, string what, TaskLine line) =>
        text.Length > 0 ? text : throw line.Wrong($"a {what} in the instruction");
}
