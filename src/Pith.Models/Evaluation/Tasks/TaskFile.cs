using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Training;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>Finds and reads the items of tasks: one JSON object a line, in the harness's fields or in the LLM-Adapters form.</summary>
/// <remarks>Thread-safe.</remarks>
public static class TaskFile
{
    // Ten times the largest known file of these tasks: a small compressed file may claim anything.
    private const int MostCharacters = 1 << 26;

    private static readonly string[] s_testSplits = ["", ".test", ".validation", ".test-even"];
    private static readonly string[] s_exampleSplits = [".dev", ".train"];
    private static readonly string[] s_extensions = [".jsonl", ".jsonl.zst"];

    /// <summary>The file with a task's questions.</summary>
    /// <param name="folder">Where the files of the tasks are.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="PithException">There is none (<see cref="ModelsErrors.NoTaskFile"/>).</exception>
    public static string Find(string folder, ChoiceTask task) => Find(folder, task, s_testSplits);

    /// <summary>The file with examples to stand before the questions.</summary>
    /// <param name="folder">Where the files of the tasks are.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="PithException">There is none (<see cref="ModelsErrors.NoTaskFile"/>).</exception>
    public static string FindExamples(string folder, ChoiceTask task) => Find(folder, task, s_exampleSplits);

    /// <summary>Reads items.</summary>
    /// <param name="path">The file; decompressed when its name ends in <c>.zst</c>.</param>
    /// <param name="task">The task.</param>
    /// <param name="limit">Items read at most; null for all.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">The file cannot be read (<see cref="ModelsErrors.CannotReadText"/>), a line is not an item of the task
    /// (<see cref="ModelsErrors.BadTaskItem"/>, with the line's number), or there is no item (<see cref="ModelsErrors.EmptyTask"/>).</exception>
    public static IReadOnlyList<MultipleChoiceItem> Read(
        string path, ChoiceTask task, int? limit = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit ?? 1, 1, nameof(limit));
        var items = TextFile.Read(path, stream =>
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return Items(reader, path, task, cancellation).Take(limit ?? int.MaxValue).ToArray();
        });
        return items.Length > 0 ? items : throw new PithException(ModelsErrors.EmptyTask, $"{path}: expected items of {task.Name}, found none");
    }

    private static IEnumerable<MultipleChoiceItem> Items(StreamReader reader, string path, ChoiceTask task, CancellationToken cancellation)
    {
        var characters = 0L;
        for (var number = 1; EvaluationText.ReadLine(reader, path, number, ModelsErrors.BadTaskItem, cancellation) is { } line; number++)
        {
            characters += line.Length + 1;
            if (characters > MostCharacters)
                throw new PithException(ModelsErrors.BadTaskItem, $"{path}, line {number}: expected at most {MostCharacters} characters in all, found more");
            if (!line.AsSpan().Trim().IsEmpty)
                yield return Item(line, path, number, task);
        }
    }

    private static MultipleChoiceItem Item(string line, string path, int number, ChoiceTask task)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? task.Read(new TaskLine(document.RootElement, path, number))
                : throw new PithException(ModelsErrors.BadTaskItem, $"{path}, line {number}: expected an object, found {document.RootElement.ValueKind}");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PithException(ModelsErrors.BadTaskItem, $"{path}, line {number}: {exception.Message}", inner: exception);
        }
    }

    private static string Find(string folder, ChoiceTask task, string[] splits)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(task);
        var names = from split in splits from name in task.FileNames from extension in s_extensions select name + split + extension;
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new PithException(
            ModelsErrors.NoTaskFile,
            $"{folder}: expected {string.Join(" or ", task.FileNames)} with one of {string.Join(", ", splits.Select(split => split + ".jsonl"))} "
            + $"or these with .zst for {task.Name}, found none");
    }
}
