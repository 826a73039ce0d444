using System.CommandLine;

namespace Pith.Cli.Verbs;

/// <summary>The option which says where a model's tokenizer is.</summary>
internal sealed class TokenizerOption
{
    /// <summary>A file or directory; looked for beside the model when absent.</summary>
    public Option<string?> Option { get; } = new("--tokenizer")
    {
        Description = "The tokenizer's file or directory. Default: beside the model.",
        HelpName = "PATH",
    };
}
