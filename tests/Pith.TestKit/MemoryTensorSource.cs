using System.Runtime.InteropServices;
using Pith.Core.Formats;
using Pith.Kernels.Conversions;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;

namespace Pith.TestKit;

/// <summary>A checkpoint held in memory.</summary>
/// <remarks>Safe to read from several threads once filled.</remarks>
public sealed class MemoryTensorSource : ITensorSource
{
    private readonly Dictionary<string, TensorEntry> entries = [];
    private readonly Dictionary<string, float[]> numbers = [];
    private readonly Dictionary<string, PackedMatrix> packed = [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => entries;

    /// <summary>Adds or replaces a tensor of 32-bit floats.</summary>
    public MemoryTensorSource Add(string name, float[] values, params long[] shape)
    {
        entries[name] = new TensorEntry(name, TensorType.F32, shape);
        numbers[name] = values;
        packed.Remove(name);
        return this;
    }

    /// <summary>Packs a matrix which is here already.</summary>
    public MemoryTensorSource Pack(string name, NumberFormat format)
    {
        var matrix = PackedMatrix.Pack(format, numbers[name], entries[name].Columns);
        for (var row = 0; row < matrix.Rows; row++)
            matrix.DecodeRow(row, numbers[name].AsSpan(row * matrix.Columns, matrix.Columns));
        packed[name] = matrix;
        return this;
    }

    /// <summary>Stores a tensor which is here already as bfloat16.</summary>
    public MemoryTensorSource Halve(string name)
    {
        numbers[name] = [.. numbers[name].Select(value => FloatConversion.FromBFloat16(FloatConversion.ToBFloat16(value)))];
        entries[name] = entries[name] with { Type = TensorType.BF16 };
        return this;
    }

    /// <summary>The numbers of a tensor.</summary>
    public float[] Numbers(string name) => numbers[name];

    /// <inheritdoc/>
    public void ReadFloats(string name, long start, Span<float> destination) =>
        numbers[name].AsSpan((int)start, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        var stored = MemoryMarshal.AsBytes(numbers[name].AsSpan());
        if (entries[name].Type == TensorType.BF16)
        {
            var halves = new byte[stored.Length / 2];
            FloatConversion.ToBFloat16(numbers[name], halves);
            stored = halves;
        }

        stored.Slice((int)start, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name) => packed.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
