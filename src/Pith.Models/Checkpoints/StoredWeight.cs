using Pith.Core.Formats;

namespace Pith.Models.Checkpoints;

/// <summary>A tensor that is going to be written: under which name, of which shape, and how.</summary>
/// <param name="Name">Hub name.</param>
/// <param name="Shape">Lengths of the axes; [outputs, inputs] for a packed weight.</param>
/// <param name="Type">Element type of a plain tensor: F32, BF16 or F16.</param>
/// <param name="Format">The number format of a packed weight; null for a plain tensor.</param>
public sealed record StoredWeight(string Name, IReadOnlyList<long> Shape, TensorType Type, NumberFormat? Format = null)
{
    /// <summary>A weight in a number format: packed, or plain where the format is one of the wide ones.</summary>
    /// <param name="name">Hub name.</param>
    /// <param name="shape">[outputs, inputs].</param>
    /// <param name="format">The format.</param>
    public static StoredWeight In(NumberFormat format, string name, IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Family switch
        {
            FormatFamily.Float32 => new StoredWeight(name, shape, TensorType.F32),
            FormatFamily.BFloat16 => new StoredWeight(name, shape, TensorType.BF16),
            FormatFamily.Float16 => new StoredWeight(name, shape, TensorType.F16),
            _ => new StoredWeight(name, shape, TensorType.F32, format),
        };
    }
}
