using Pith.Models.Checkpoints;

namespace Pith.Fuzz.Targets;

/// <summary>A model's configuration, of any family.</summary>
internal static class ModelConfig
{
    public static readonly FuzzTarget Target = new("config", "config.json", path => ModelConfigJson.Read(File.ReadAllBytes(path), path));
}
