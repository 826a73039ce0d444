namespace Pith.Models.Blocks;

/// <summary>Gain and bias of a layer norm, [hidden] each; both empty for a norm without.</summary>
internal sealed record NormWeights(float[] Gain, float[] Bias)
{
    /// <summary>Bytes of both.</summary>
    public long Bytes => 4L * (Gain.Length + Bias.Length);

    /// <summary>Reads them.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="name">Hub name without an ending.</param>
    /// <param name="width">Length of the row.</param>
    /// <param name="exists">Whether the norm has them.</param>
    public static NormWeights Read(TensorReader reader, string name, int width, bool exists = true) => exists
        ? new NormWeights(reader.Numbers(name + ".weight", width), reader.Numbers(name + ".bias", width))
        : new NormWeights([], []);
}
