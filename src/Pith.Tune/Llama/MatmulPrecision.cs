namespace Pith.Tune.Llama;

/// <summary>The number type of matrix products in training; weights, optimizer and sums of gradients are always float32.</summary>
public enum MatmulPrecision
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16 operands; faster on CPUs with AVX-512 BF16 or AMX.</summary>
    BFloat16,
}
