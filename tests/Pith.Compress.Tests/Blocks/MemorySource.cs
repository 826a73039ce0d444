using System.Runtime.InteropServices;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Tests.Blocks;

/// <summary>Tensors of 32-bit floats made up by a function of their index: of any size, without holding them.</summary>
internal sealed class MemorySource(params (string Name, long[] Shape, Func<long, float> Value)[] tensors) : ITensorSource
{
    private readonly Dictionary<string, Func<long, float>> _values = tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value);

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; } =
        tensors.ToDictionary(tensor => tensor.Name, tensor => new TensorEntry(tensor.Name, TensorType.F32, tensor.Shape));

    /// <summary>A matrix of given numbers.</summary>
    public static MemorySource Of(string name, int columns, params float[] values) =>
        new((name, [values.Length / columns, columns], index => values[index]));

    /// <summary>A matrix of normally distributed numbers, each a function of seed and index alone.</summary>
    public static Func<long, float> Normal(int seed, float scale) => index =>
    {
        // Box and Muller's transform of two hashes (SplitMix64).
        var (u, v) = (Uniform(((ulong)seed << 40) ^ (ulong)(2 * index)), Uniform(((ulong)seed << 40) ^ (ulong)((2 * index) + 1)));
        return (float)(scale * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    };

    public void ReadFloats(string name, long start, Span<float> destination)
    {
        var value = _values[name];
        for (var i = 0; i < destination.Length; i++)
            destination[i] = value(start + i);
    }

    public void ReadBytes(string name, long start, Span<byte> destination)
    {
        Span<float> one = stackalloc float[1];
        for (var i = 0; i < destination.Length; i++)
        {
            one[0] = _values[name]((start + i) / sizeof(float));
            destination[i] = MemoryMarshal.AsBytes(one)[(int)((start + i) % sizeof(float))];
        }
    }

    public PackedMatrix? ReadPacked(string name) => null;

    public void Dispose()
    {
    }

    private static double Uniform(ulong key)
    {
        unchecked
        {
            var z = (key + 1) * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (((z ^ (z >> 31)) >> 11) + 0.5) / (1UL << 53);
        }
    }
}
