using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Eight elements at once, in units of the block scale.</summary>
/// <remarks>Gives for every finite number and every code what <see cref="ElementGrid"/> gives. Lanes are independent. Written with portable
/// vectors of 256 bits: where a processor has no wider ones, halves of 512 bits would go through memory, which takes several times as long as these few operations.</remarks>
internal interface IVectorElement
{
    /// <summary>The nearest value; zero is +0.</summary>
    Vector256<float> Round(Vector256<float> value);

    /// <summary>The code of the nearest value.</summary>
    Vector256<int> Encode(Vector256<float> value);

    /// <summary>The values of codes, any codes; zero is +0.</summary>
    Vector256<float> Decode(Vector256<int> code);
}
