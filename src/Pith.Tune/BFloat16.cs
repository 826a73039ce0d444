namespace Pith.Tune;

/// <summary>bfloat16: the upper half of a float32, rounded to nearest, ties to even.</summary>
internal static class BFloat16
{
    /// <summary>The bits of the nearest bfloat16; a NaN stays a NaN.</summary>
    public static ushort Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The nearest bfloat16 as a float32.</summary>
    public static float Round(float value) => BitConverter.UInt32BitsToSingle((uint)Bits(value) << 16);
}
