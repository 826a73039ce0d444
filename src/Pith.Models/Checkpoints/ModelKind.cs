namespace Pith.Models.Checkpoints;

/// <summary>What kind of files a model is read from.</summary>
public enum ModelKind
{
    /// <summary>A directory with <c>config.json</c> and safetensors.</summary>
    Directory,

    /// <summary>A directory of ours whose weights are packed.</summary>
    PackedDirectory,

    /// <summary>A llama2.c <c>.bin</c> file.</summary>
    Llama2c,

    /// <summary>A GGUF file.</summary>
    Gguf,
}
