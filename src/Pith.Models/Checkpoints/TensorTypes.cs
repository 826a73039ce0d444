using System.Runtime.InteropServices;
using System.Text;
using Pith.Kernels.Conversions;

namespace Pith.Models.Checkpoints;

/// <summary>What is known of each <see cref="TensorType"/>: its name in files, its bytes, how it becomes numbers.</summary>
public static class TensorTypes
{
    private static readonly (TensorType Type, string Name, int Bytes)[] Table =
    [
        (TensorType.F32, "F32", 4), (TensorType.F16, "F16", 2), (TensorType.BF16, "BF16", 2), (TensorType.F64, "F64", 8),
        (TensorType.U8, "U8", 1), (TensorType.I8, "I8", 1), (TensorType.I16, "I16", 2), (TensorType.I32, "I32", 4),
        (TensorType.I64, "I64", 8), (TensorType.Bool, "BOOL", 1),
    ];

    /// <summary>The names of all types, for messages.</summary>
    internal static string KnownNames => string.Join(", ", Table.Select(row => row.Name));

    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this TensorType type) => Table[(int)type].Bytes;

    /// <summary>The name in a safetensors header: <c>BF16</c>.</summary>
    public static string Name(this TensorType type) => Table[(int)type].Name;

    /// <summary>Whether elements are floating-point numbers.</summary>
    public static bool IsFloat(this TensorType type) =>
        type is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F64;

    /// <summary>Finds a type by its name in a safetensors header.</summary>
    internal static TensorType? Find(ReadOnlySpan<byte> utf8Name)
    {
        foreach (var (type, name, _) in Table)
        {
            if (Ascii.Equals(utf8Name, name))
                return type;
        }

        return null;
    }

    /// <summary>Reads stored floating-point elements; binary64 is rounded to nearest.</summary>
    /// <param name="type">A type with <see cref="IsFloat"/>.</param>
    /// <param name="source">The stored bytes, little-endian.</param>
    /// <param name="destination">As many numbers.</param>
    internal static void ToFloats(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case TensorType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case TensorType.BF16:
                FloatConversion.FromBFloat16(source, destination);
                break;
            case TensorType.F16:
                FloatConversion.FromFloat16(source, destination);
                break;
            case TensorType.F64:
                var doubles = MemoryMarshal.Cast<byte, double>(source);
                for (var index = 0; index < doubles.Length; index++)
                    destination[index] = (float)doubles[index];
                break;
            default:
                throw new ArgumentException($"expected a floating-point type, found {type.Name()}", nameof(type));
        }
    }

    /// <summary>Index of the first element which is NaN or infinite; -1 when there is none.</summary>
    /// <param name="type">Any type; integers are finite.</param>
    /// <param name="source">The stored bytes, little-endian.</param>
    internal static int IndexOfNonFinite(TensorType type, ReadOnlySpan<byte> source) => type switch
    {
        TensorType.F32 => FloatConversion.IndexOfNonFinite(MemoryMarshal.Cast<byte, float>(source)),
        TensorType.BF16 => FloatConversion.IndexOfNonFiniteBFloat16(source),
        TensorType.F16 => FloatConversion.IndexOfNonFiniteFloat16(source),
        TensorType.F64 => IndexOfNonFinite(MemoryMarshal.Cast<byte, double>(source)),
        _ => -1,
    };

    /// <summary>Writes numbers as stored elements, each rounded to nearest, ties to even.</summary>
    /// <param name="type">F32, BF16 or F16.</param>
    /// <param name="source">The numbers.</param>
    /// <param name="destination"><see cref="Bytes"/> bytes a number.</param>
    internal static void FromFloats(TensorType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case TensorType.BF16:
                FloatConversion.ToBFloat16(source, destination);
                break;
            case TensorType.F16:
                FloatConversion.ToFloat16(source, destination);
                break;
            default:
                throw new ArgumentException($"expected F32, BF16 or F16, found {type.Name()}", nameof(type));
        }
    }

    private static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (!double.IsFinite(values[index]))
                return index;
        }

        return -1;
    }
}
