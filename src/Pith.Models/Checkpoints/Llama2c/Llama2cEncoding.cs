namespace Pith.Models.Checkpoints.Llama2c;

/// <summary>How a llama2.c file writes the elements of a tensor.</summary>
internal enum Llama2cEncoding
{
    /// <summary>binary32.</summary>
    Float32,

    /// <summary>Signed bytes, a binary32 scale for each group of consecutive elements.</summary>
    Int8Groups,

    /// <summary>Two bits an element, the first in the top bits of a byte, one binary32 scale for the tensor.</summary>
    Ternary,
}
