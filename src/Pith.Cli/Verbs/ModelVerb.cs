using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary><c>pith model</c>: brings models in, looks at them, takes them out.</summary>
internal static class ModelVerb
{
    public static Command Create() => new("model", "Brings models in, shows what they are, takes them out.")
    {
        ModelImportVerb.Create(),
        ModelShowVerb.Create(),
        ModelSitesVerb.Create(),
        ModelExportVerb.Create(),
    };

    /// <summary>The model that a verb reads.</summary>
    public static Argument<string> ModelArgument() => new("MODEL")
    {
        Description = "A model directory, a .safetensors file with config.json beside it, a GGUF file, or a llama2.c .bin file.",
    };
}
