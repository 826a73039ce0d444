namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The types of metadata values; the numbers of the format.</summary>
internal enum GgufValueType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    Byte = 0,

    /// <summary>Signed 8-bit integer.</summary>
    SByte = 1,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 2,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 3,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 4,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 5,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 6,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 7,

    /// <summary>A 64-bit length and as many bytes of UTF-8.</summary>
    Text = 8,

    /// <summary>An element type, a 64-bit count, and the elements.</summary>
    Array = 9,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 10,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 11,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 12,
}
