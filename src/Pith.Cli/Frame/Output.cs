using System.Text.Json;
using Pith.Core.Reports;

namespace Pith.Cli.Frame;

/// <summary>Where a verb writes: the result to standard output, everything else to standard error.</summary>
/// <remarks>With <c>--json</c> standard output carries exactly one JSON document, and text meant for people is dropped.</remarks>
internal sealed class Output(TextWriter result, TextWriter messages, bool json, bool verbose)
{
    private bool resultWritten;

    /// <summary>Whether a JSON document was asked for.</summary>
    public bool Json { get; } = json;

    /// <summary>Whether details were asked for.</summary>
    public bool Verbose { get; } = verbose;

    /// <summary>Whether messages go to a terminal that understands colours and moving the cursor.</summary>
    public bool IsTerminal { get; } = ReferenceEquals(messages, Console.Error) && !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    // A program that asked for JSON reads standard error as well: there is nothing there but an error.
    private bool IsQuiet => Json && !IsTerminal;

    private bool Colored => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes the verb's result, once: <paramref name="document"/> with <c>--json</c>, otherwise what <paramref name="write"/> writes.</summary>
    /// <param name="document">Properties become snake_case; numbers that are not finite become null.</param>
    /// <param name="write">Writes the same for people.</param>
    public void Result<T>(T document, Action<TextWriter> write)
    {
        if (resultWritten)
            throw new InvalidOperationException("A verb has one result.");
        resultWritten = true;
        if (Json)
            result.WriteLine(JsonSerializer.Serialize(document, JsonStyle.Options));
        else
            write(result);
    }

    /// <summary>Writes the verb's result, once: <paramref name="document"/> with <c>--json</c>, otherwise <paramref name="view"/> as text.</summary>
    /// <param name="document">Properties become snake_case; numbers that are not finite become null.</param>
    /// <param name="view">The same for people.</param>
    public void Result<T>(T document, ReportBlock view) => Result(document, text => text.Write(TextRenderer.Render(view)));

    /// <summary>Text that appears as it is made, such as generated words. Dropped with <c>--json</c>.</summary>
    public void Stream(string text)
    {
        if (Json)
            return;
        result.Write(text);
        result.Flush();
    }

    /// <summary>Starts to show the progress of something that may take longer than two seconds.</summary>
    /// <param name="task">What is going on, for example "Evaluating bfp6:16".</param>
    /// <param name="isLong">Whether it surely lasts: then it shows at once.</param>
    public Progress Progress(string task, bool isLong = false) =>
        new(task, messages, IsTerminal, IsQuiet, isLong ? TimeSpan.Zero : TimeSpan.FromSeconds(2), TimeProvider.System);

    /// <summary>Something the user should know, though the work goes on.</summary>
    public void Warn(string message) => messages.WriteLine($"{Paint("33", "warning")}: {message}");

    /// <summary>A line about what is going on.</summary>
    public void Inform(string message)
    {
        if (!IsQuiet)
            messages.WriteLine(message);
    }

    /// <summary>A detail, shown with <c>--verbose</c> only.</summary>
    public void Detail(string message)
    {
        if (Verbose)
            messages.WriteLine(message);
    }

    /// <summary>Tells why the verb failed.</summary>
    public void Fail(Failure failure)
    {
        var stack = Verbose ? failure.Cause.ToString() : null;
        if (Json)
        {
            var error = new { failure.Code, failure.Message, failure.Hint, Stack = stack };
            messages.WriteLine(JsonSerializer.Serialize(new { error }, JsonStyle.Options));
            return;
        }

        messages.WriteLine(Paint("31", $"error {failure.Code}: {failure.Message}"));
        messages.WriteLine($"hint: {failure.Hint}");
        if (stack is not null)
            messages.WriteLine(stack);
    }

    /// <summary>Makes sure that everything written has left the process.</summary>
    public void Flush()
    {
        result.Flush();
        messages.Flush();
    }

    private string Paint(string color, string text) => Colored ? $"\e[{color}m{text}\e[0m" : text;
}
