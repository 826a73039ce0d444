namespace Pith.Models.Blocks;

/// <summary>The function between the two projections of a plain MLP.</summary>
public enum MlpActivation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · Φ(x), the form with erf.</summary>
    Gelu,

    /// <summary>x · Φ(x), its approximation with tanh.</summary>
    GeluTanh,
}
