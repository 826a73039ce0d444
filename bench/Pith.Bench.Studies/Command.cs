using System.Diagnostics;
using System.Text.Json;

namespace Pith.Bench.Studies;

/// <summary>Another program, run as a person would.</summary>
internal static class Command
{
    /// <summary>Runs it to its end and gives its answer as JSON.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static JsonElement Json(string program, params string[] arguments) => JsonDocument.Parse(Text(program, arguments)).RootElement;

    /// <summary>Runs it to its end and gives what it printed; what it says on standard error is not shown.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Text(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        return text;
    }
}
