using Pith.Models.Llama;

namespace Pith.Fuzz.Targets;

/// <summary>A model's configuration.</summary>
internal static class ModelConfig
{
    public static readonly FuzzTarget Target = new("config", "config.json", path => LlamaConfigJson.Read(File.ReadAllBytes(path), path));
}
