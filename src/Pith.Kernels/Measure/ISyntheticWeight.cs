using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>A matrix of a benchmark: what holds it, and the product with it.</summary>
internal interface ISyntheticWeight : IDisposable
{
    /// <summary>Rows.</summary>
    int Outputs { get; }

    /// <summary>Columns.</summary>
    int Inputs { get; }

    /// <summary>Bytes that a product with one token reads.</summary>
    long Bytes { get; }

    /// <summary>Y = X · Wᵀ.</summary>
    /// <param name="numbers">[tokens, inputs], rounded to the format of the activations.</param>
    /// <param name="blocks">The same as small integers; null where they are none.</param>
    /// <param name="tokens">Rows of X.</param>
    /// <param name="y">[tokens, outputs].</param>
    /// <param name="workers">The threads to use.</param>
    void Multiply(float[] numbers, ActivationBlocks? blocks, int tokens, float[] y, Workers workers);

    /// <summary>Reads every byte and does nothing with it.</summary>
    void Read(Workers workers);
}
