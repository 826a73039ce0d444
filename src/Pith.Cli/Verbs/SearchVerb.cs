using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary><c>pith search</c>: finds a plan instead of being given one.</summary>
internal static class SearchVerb
{
    public static Command Create() => new("search", "Searches how much precision each part of a model needs.")
    {
        SearchRatioVerb.Create(),
        SearchLawVerb.Create(),
    };
}
