namespace Pith.Bench.Studies.BlockFormats;

/// <summary>Variances in one block of a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Layer">Index of the block.</param>
/// <param name="Weights">Variance of all weights of the block.</param>
/// <param name="Input">Of the input of q, k and v.</param>
/// <param name="Query">Of Q.</param>
/// <param name="Key">Of K.</param>
/// <param name="Value">Of V.</param>
/// <param name="MlpInput">Of the input of gate and up.</param>
/// <param name="Down">Of the input of down.</param>
/// <param name="DownPeak">Largest magnitude of that over its root mean square.</param>
internal sealed record LayerResult(
    string Model, int Layer, double Weights, double Input, double Query, double Key, double Value, double MlpInput, double Down, double DownPeak);
