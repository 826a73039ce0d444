using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary>What <c>pith</c> can do.</summary>
internal static class VerbTable
{
    /// <summary>What the program is for.</summary>
    public const string Description = "Pith takes a language model from fine-tuning, through compression, to hardware.";

    /// <summary>Every verb, in the order of <c>pith --help</c>.</summary>
    public static readonly Func<Command>[] All =
    [
        QuickstartVerb.Create,
        DoctorVerb.Create,
        EvalVerb.Create,
        GenerateVerb.Create,
        TokenizeVerb.Create,
        ModelVerb.Create,
        FormatVerb.Create,
        TrainVerb.Create,
        TuneVerb.Create,
        QuantizeVerb.Create,
        SearchVerb.Create,
        StudyVerb.Create,
        BenchVerb.Create,
    ];
}
