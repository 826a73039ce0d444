using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Kernels.Ops;
using Pith.Models.Blocks;

namespace Pith.Models.Bert;

/// <summary>A linear layer outside the blocks, in 32-bit floats: W · x + b.</summary>
/// <param name="Weight">W, [outputs, inputs].</param>
/// <param name="Bias">b, [outputs].</param>
internal sealed record Affine(LinearWeight Weight, float[] Bias)
{
    /// <summary>Bytes of both.</summary>
    public long Bytes => Weight.Bytes + (4L * Bias.Length);

    /// <summary>Reads one.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="name">Hub name without an ending.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="inputs">Its inputs.</param>
    public static Affine Read(TensorReader reader, string name, int outputs, int inputs) =>
        new(reader.Weight(name + ".weight", outputs, inputs), reader.Numbers(name + ".bias", outputs));

    /// <summary>Applies it to rows [count, inputs].</summary>
    /// <returns>[count, outputs].</returns>
    public float[] Apply(ReadOnlyMemory<float> rows, int count, Workers workers)
    {
        var outputs = new float[checked(count * Weight.Outputs)];
        Weight.Multiply(rows, count, outputs, workers);
        for (var row = 0; row < count; row++)
        {
            var sum = outputs.AsSpan(row * Bias.Length, Bias.Length);
            Elementwise.Add(sum, Bias, sum);
        }

        return outputs;
    }
}
