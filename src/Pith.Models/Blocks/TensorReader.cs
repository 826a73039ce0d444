using System.Globalization;
using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Kernels.Conversions;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Models.Checkpoints;

namespace Pith.Models.Blocks;

/// <summary>Reads the tensors of a model, each checked against the shape it must have.</summary>
internal sealed class TensorReader(ITensorSource source)
{
    /// <summary>A weight, packed as it is stored or plain, with its low-rank correction if one is stored.</summary>
    public LinearWeight Weight(string name, int outputs, int inputs)
    {
        var weight = Matrix(name, outputs, inputs);
        var (a, b) = (LowRankTensors.NameOfA(name), LowRankTensors.NameOfB(name));
        if (!source.Tensors.ContainsKey(a) && !source.Tensors.ContainsKey(b))
            return weight;
        var rank = source.Tensors.TryGetValue(a, out var entry) && entry.Shape.Count > 0 ? entry.Shape[0] : 0;
        var most = Math.Min(outputs, inputs);
        if (rank < 1 || rank > most)
            throw new PithException(ModelsErrors.WrongShape, $"{a}: expected a rank from 1 to {most}, found {rank}");
        return new LowRankWeight(weight, Matrix(a, (int)rank, inputs), Matrix(b, outputs, (int)rank));
    }

    private LinearWeight Matrix(string name, int outputs, int inputs)
    {
        CheckShape(name, outputs, inputs);
        return source.ReadPacked(name) is { } packed
            ? new PackedWeight(Own(packed))
            : Plain(name, outputs, inputs);
    }

    /// <summary>A matrix of plain numbers, all finite: bfloat16 as it is stored, others as 32-bit floats.</summary>
    public LinearWeight Plain(string name, int outputs, int inputs)
    {
        CheckShape(name, outputs, inputs);
        if (source.Tensors[name].Type != TensorType.BF16)
            return new DenseWeight(Numbers(name, outputs, inputs), outputs, inputs);
        var values = GC.AllocateUninitializedArray<ushort>(checked(outputs * inputs));
        for (var row = 0; row < outputs; row++)
        {
            var bytes = MemoryMarshal.AsBytes(values.AsSpan(row * inputs, inputs));
            source.ReadBytes(name, (long)row * bytes.Length, bytes);
            var special = FloatConversion.IndexOfNonFiniteBFloat16(bytes);
            if (special >= 0)
                throw NotFinite(name, FloatConversion.FromBFloat16(values[(row * inputs) + special]), (row * inputs) + special);
        }

        return new BFloat16Weight(values, outputs, inputs);
    }

    // The source may be closed while the model lives: what it lends from its mapped file is copied.
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
