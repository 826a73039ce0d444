namespace Pith.Kernels.Formats;

/// <summary>How a block is encoded, step by step.</summary>
/// <param name="TensorParameter">The tensor's own parameter, the block being the whole tensor; 0 where the format has none.</param>
/// <param name="Largest">Largest magnitude of the block.</param>
/// <param name="ScaleCode">The stored scale; null where the format stores none.</param>
/// <param name="Scale">What an element is multiplied with.</param>
/// <param name="Elements">The elements in order.</param>
public sealed record BlockExplanation(
    float TensorParameter, float Largest, int? ScaleCode, double Scale, IReadOnlyList<ElementStep> Elements);
