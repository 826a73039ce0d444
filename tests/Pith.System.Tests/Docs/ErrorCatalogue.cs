using System.Globalization;
using System.Reflection;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.SystemTests.Docs;

/// <summary>Every error of every project, and the page that lists them.</summary>
internal static class ErrorCatalogue
{
    private static readonly string[] projects =
        ["Pith.Core", "Pith.Kernels", "Pith.Models", "Pith.Compress", "Pith.Tune", "Pith.Study", "Pith.Cli"];

    /// <summary>The entries of all <c>…Errors</c> classes, by code.</summary>
    public static IReadOnlyList<(string Project, ErrorCode Error)> Entries { get; } =
        [.. projects.SelectMany(project => EntriesOf(project).Select(error => (project, error))).OrderBy(entry => entry.error.Code, StringComparer.Ordinal)];

    /// <summary>The page in Markdown.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder("""
            # Errors

            Every error that Pith reports, by code. A code never changes its meaning. Exit codes: 0 all done, 1 a check failed or the
            work could not be done, 2 wrong command line, 3 bad input, 4 a tool is missing, 130 stopped by Ctrl-C.

            This page is generated: `PITH_UPDATE_DOCS=1 ./test Pith.System.Tests` writes it anew.

            | code | exit | what it means | what to do | from |
            | --- | ---: | --- | --- | --- |

            """);
        foreach (var (project, error) in Entries)
            page.Append(CultureInfo.InvariantCulture, $"| {error.Code} | {(int)error.Exit} | {Cell(error.Meaning.TrimEnd('.'))} | {Cell(error.Hint)} | {project} |\n");
        return page.ToString();
    }

    private static string Cell(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal);

    private static IEnumerable<ErrorCode> EntriesOf(string project) => Load(project).GetTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Errors", StringComparison.Ordinal))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
        .Where(field => field.FieldType == typeof(ErrorCode))
        .Select(field => (ErrorCode)field.GetValue(null)!);

    // Training is read from its own output folder; reading its catalogue loads no torch.
    private static Assembly Load(string project) => Assembly.LoadFrom(Repository.AssemblyOf(project));
}
