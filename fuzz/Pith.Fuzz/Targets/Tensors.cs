using Pith.Models.Checkpoints;

namespace Pith.Fuzz.Targets;

/// <summary>Reads what an opened checkpoint gives.</summary>
internal static class Tensors
{
    private const int MostNumbersRead = 1 << 16;

    /// <summary>Reads the start of every floating-point tensor, and closes the checkpoint.</summary>
    public static void ReadAll(ITensorSource source)
    {
        using (source)
        {
            foreach (var entry in source.Tensors.Values.Where(entry => entry.Type.IsFloat()))
                source.ReadFloats(entry.Name, 0, new float[Math.Min(entry.Elements, MostNumbersRead)]);
        }
    }
}
