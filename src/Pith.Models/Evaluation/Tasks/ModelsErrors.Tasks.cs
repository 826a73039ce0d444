using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of multiple-choice tasks.</summary>
public static partial class ModelsErrors
{
    /// <summary>A task is named which there is not.</summary>
    public static readonly ErrorCode UnknownTask = new(
        "PITH3350", "There is no task of this name", "Tasks are arc_easy, arc_challenge, openbookqa, boolq, piqa, winogrande and mmlu.");

    /// <summary>The file of a task is not there.</summary>
    public static readonly ErrorCode NoTaskFile = new(
        "PITH3351", "A task has no file", "Name a folder with one .jsonl or .jsonl.zst a task; docs/guide/evaluate.md lists the names.");

    /// <summary>A line of a task's file lacks a field, or a field is not what it must be.</summary>
    public static readonly ErrorCode BadTaskItem = new(
        "PITH3352", "A task's item is malformed", "docs/guide/evaluate.md lists the fields of each task.");

    /// <summary>The file of a task holds no item.</summary>
    public static readonly ErrorCode EmptyTask = new(
        "PITH3353", "A task has no items", "Name a file with items.");

    /// <summary>There are fewer examples than are to stand before each question.</summary>
    public static readonly ErrorCode TooFewShots = new(
        "PITH3354", "There are too few examples", "Ask for fewer with --shots, or add a file with more.");

    /// <summary>A choice alone is longer than the model can see, or has nothing before it to be predicted from.</summary>
    public static readonly ErrorCode UnscorableChoice = new(
        "PITH3355", "A choice cannot be scored", "Leave the item out, or choose a model with a longer context and a beginning-of-text token.");
}
