namespace Pith.Models.Checkpoints;

/// <summary>How the elements of a stored tensor are written.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>Unsigned bytes: packed codes and scales.</summary>
    U8,

    /// <summary>Signed bytes.</summary>
    I8,

    /// <summary>16-bit integers.</summary>
    I16,

    /// <summary>32-bit integers.</summary>
    I32,

    /// <summary>64-bit integers.</summary>
    I64,

    /// <summary>Booleans, one byte each.</summary>
    Bool,
}
