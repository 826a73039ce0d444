using System.Globalization;
using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Conversions;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;
using Pith.Models.Checkpoints;

namespace Pith.Models.Blocks;

/// <summary>Reads the tensors of a model, each checked against the shape it must have.</summary>
/// <remarks>The source may be closed while the model lives, so what it lends from its mapped file is copied, or re-laid where the plan
/// multiplies it in integers: then straight from the file.</remarks>
/// <param name="source">The checkpoint.</param>
/// <param name="plan">The plan that the model is going to run with; null for none.</param>
/// <param name="workers">The threads to use.</param>
internal sealed class TensorReader(ITensorSource source, Plan? plan, Workers workers)
{
    /// <summary>A weight, packed as it is stored, re-laid or plain, with its low-rank correction if one is stored.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Columns.</param>
    /// <param name="site">Where the plan decides about it; null where no plan does.</param>
    public LinearWeight Weight(string name, int outputs, int inputs, Site? site = null)
    {
        var decision = site is { } decided && plan is not null ? plan[decided] : SitePlan.None;
        var weight = Matrix(name, outputs, inputs, decision);
        var (a, b) = (LowRankTensors.NameOfA(name), LowRankTensors.NameOfB(name));
        if (!source.Tensors.ContainsKey(a) && !source.Tensors.ContainsKey(b))
            return weight;
        var rank = source.Tensors.TryGetValue(a, out var entry) && entry.Shape.Count > 0 ? entry.Shape[0] : 0;
        var most = Math.Min(outputs, inputs);
        if (rank < 1 || rank > most)
            throw new PithException(ModelsErrors.WrongShape, $"{a}: expected a rank from 1 to {most}, found {rank}");
        return new LowRankWeight(weight, Matrix(a, (int)rank, inputs, SitePlan.None), Matrix(b, outputs, (int)rank, SitePlan.None));
    }

    private LinearWeight Matrix(string name, int outputs, int inputs, SitePlan decision)
    {
        CheckShape(name, outputs, inputs);
        if (source.ReadPacked(name) is not { } packed)
            return Plain(name, outputs, inputs);
        var isKept = decision.Weights is null || decision.Weights == packed.Codec.Format;
        return isKept && ActivationBlocks.Serves(decision.Activations) && InterleavedWeight.TryCreate(new PackedWeight(packed), workers) is { } laid
            ? laid
            : new PackedWeight(Own(packed));
    }

    /// <summary>A matrix of plain numbers, all finite: bfloat16 as it is stored, others as 32-bit floats.</summary>
    public LinearWeight Plain(string name, int outputs, int inputs)
    {
        CheckShape(name, outputs, inputs);
        if (source.Tensors[name].Type != TensorType.BF16)
            return new DenseWeight(Numbers(name, outputs, inputs), outputs, inputs);
        var values = GC.AllocateUninitializedArray<ushort>(checked(outputs * inputs));
        var (special, gate) = (values.Length, new Lock());
        workers.Run(outputs, values.Length, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var bytes = MemoryMarshal.AsBytes(values.AsSpan(row * inputs, inputs));
                source.ReadBytes(name, (long)row * bytes.Length, bytes);
                var index = FloatConversion.IndexOfNonFiniteBFloat16(bytes);
                if (index < 0)
                    continue;
                lock (gate)
                    special = Math.Min(special, (row * inputs) + index);
                return;
            }
        });
        if (special < values.Length)
            throw NotFinite(name, FloatConversion.FromBFloat16(values[special]), special);
        return new BFloat16Weight(values, outputs, inputs);
    }

    private static PackedMatrix Own(PackedMatrix lent) => new(
        lent.Codec.Format, lent.Rows, lent.Columns, lent.Codes.ToArray(), lent.Scales.ToArray(), lent.TensorParameter);

    /// <summary>Plain numbers, all finite.</summary>
    public float[] Numbers(string name, params ReadOnlySpan<int> shape)
    {
        CheckShape(name, shape);
        var count = 1;
        foreach (var length in shape)
            count *= length;
        var values = new float[count];
        source.ReadFloats(name, 0, values);
        var special = FloatConversion.IndexOfNonFinite(values);
        return special < 0 ? values : throw NotFinite(name, values[special], special);
    }

    private static PithException NotFinite(string name, float value, int index) => new(
        ModelsErrors.NonFiniteWeight, string.Create(CultureInfo.InvariantCulture, $"{name}: expected finite numbers, found {value} at index {index}"));

    private void CheckShape(string name, params ReadOnlySpan<int> shape)
    {
        if (!source.Tensors.TryGetValue(name, out var entry))
            throw new PithException(ModelsErrors.MissingTensor, $"expected a tensor `{name}`, found none of this name");
        var fits = entry.Shape.Count == shape.Length;
        for (var i = 0; fits && i < shape.Length; i++)
            fits = entry.Shape[i] == shape[i];
        if (!fits)
        {
            throw new PithException(
                ModelsErrors.WrongShape,
                $"{name}: expected the shape [{string.Join(", ", shape.ToArray())}], found [{string.Join(", ", entry.Shape)}]");
        }
    }
}
