namespace Pith.Kernels.Measure;

/// <summary>The matrices of a well-known model size, for benchmarks with synthetic weights.</summary>
/// <param name="Name">How it is asked for.</param>
/// <param name="Layers">Transformer blocks.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Intermediate">Width of the MLP.</param>
/// <param name="KvSize">Width of all key heads.</param>
/// <param name="Vocabulary">Rows of the output matrix.</param>
public sealed record ModelShape(string Name, int Layers, int Hidden, int Intermediate, int KvSize, int Vocabulary)
{
    /// <summary>The known shapes.</summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new("llama-1b", 22, 2048, 5632, 256, 32000),
        new("llama-3b", 26, 3200, 8640, 3200, 32000),
        new("llama-7b", 32, 4096, 11008, 4096, 32000),
    ];

    /// <summary>Outputs and inputs of a block's matrices, in the order of computation.</summary>
    public IReadOnlyList<(int Outputs, int Inputs)> BlockMatrices { get; } =
    [
        (Hidden, Hidden), (KvSize, Hidden), (KvSize, Hidden), (Hidden, Hidden),
        (Intermediate, Hidden), (Intermediate, Hidden), (Hidden, Intermediate),
    ];

    /// <summary>Weights of all blocks and the output matrix.</summary>
    public long Weights => (Layers * BlockMatrices.Sum(matrix => (long)matrix.Outputs * matrix.Inputs)) + ((long)Vocabulary * Hidden);
}
