using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary>Every verb, in the order of <c>pith --help</c>.</summary>
internal static class VerbTable
{
    public static readonly Func<Command>[] All =
    [
        DoctorVerb.Create,
    ];
}
