using Pith.Models.Checkpoints;

namespace Pith.Fuzz.Targets;

/// <summary>A GGUF file: weights and tokenizer.</summary>
internal static class GgufCheckpoint
{
    public static readonly FuzzTarget Target = new("gguf", "model.gguf", Parse);

    private static void Parse(string path)
    {
        using var model = ModelSource.Open(path);
        _ = model.LoadTokenizer();
        foreach (var name in model.PackedFormats.Keys)
            _ = model.Tensors.ReadPacked(name);
        Tensors.ReadAll(model.Tensors);
    }
}
