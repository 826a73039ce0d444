namespace Pith.Models.Evaluation.Boundaries;

/// <summary>The residual streams of one model at some of the boundaries between its blocks, for every window of a text.</summary>
/// <remarks>Boundary l lies before block l. Every <c>stride</c>-th is kept, so that all together stay below a limit.</remarks>
internal sealed class BoundaryStates
{
    // By window, then by boundary - 1; null where a boundary is not kept.
    private readonly float[]?[][] states;

    public BoundaryStates(CausalModel model, IReadOnlyList<EvaluationWindow> windows, long limitBytes, bool keepsLast)
    {
        Model = model;
        var layers = model.Config.Layers;
        var boundaryBytes = windows.Sum(window => sizeof(float) * (window.Tokens.Length - 1L) * model.Config.HiddenSize);
        var stride = (int)Math.Min(layers, Math.Max(1, ((boundaryBytes * layers) - 1) / limitBytes + 1));
        states = [.. windows.Select(window => Enumerable.Range(1, layers)
            .Select(l => (l % stride == 0 && l < layers) || (l == layers && keepsLast) ? new float[(window.Tokens.Length - 1) * model.Config.HiddenSize] : null)
            .ToArray())];
    }

    /// <summary>The model whose states these are.</summary>
    public CausalModel Model { get; }

    /// <summary>The arrays of a window, to be filled by a run from the first block on.</summary>
    public ReadOnlySpan<float[]?> Of(int window) => states[window];

    /// <summary>The highest boundary kept below which another model has the same blocks; 0 where there is none.</summary>
    public int Shared(CausalModel other)
    {
        var shared = 0;
        while (shared < other.Config.Layers && Model.SharesBlock(other, shared))
            shared++;
        while (shared > 0 && states[0][shared - 1] is null)
            shared--;
        return shared;
    }

    /// <summary>Boundary <paramref name="layer"/> of a window, [tokens, hidden]; empty for boundary 0.</summary>
    public ReadOnlyMemory<float> At(int window, int layer) => layer == 0 ? default : states[window][layer - 1];
}
