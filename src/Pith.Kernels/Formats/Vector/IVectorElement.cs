using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Sixteen elements at once, or eight when decoding, in units of the block scale.</summary>
/// <remarks>Gives for every finite number and every code what <see cref="ElementGrid"/> gives. Lanes are independent. Written with portable
/// vectors, which the compiler maps to 512, 256 or 128 bits, whatever the machine has. Decoding takes 256: where there are no 512 bits, two halves of them go
/// through memory, which decoding, short as it is, feels.</remarks>
internal interface IVectorElement
{
    /// <summary>The nearest value; zero is +0.</summary>
    Vector512<float> Round(Vector512<float> value);

    /// <summary>The code of the nearest value.</summary>
    Vector512<int> Encode(Vector512<float> value);

    /// <summary>The values of codes, any codes; zero is +0.</summary>
    Vector256<float> Decode(Vector256<int> code);
}
