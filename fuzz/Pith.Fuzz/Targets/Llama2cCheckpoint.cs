using Pith.Models.Checkpoints.Llama2c;

namespace Pith.Fuzz.Targets;

/// <summary>A llama2.c checkpoint.</summary>
internal static class Llama2cCheckpoint
{
    public static readonly FuzzTarget Target = new("llama2c", "model.bin", path => Tensors.ReadAll(Llama2cFile.Open(path)));
}
