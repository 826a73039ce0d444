namespace Pith.Compress.Ratio.Law;

/// <summary>A law fitted to points.</summary>
/// <param name="Form">The law.</param>
/// <param name="Scope">Which points, for people.</param>
/// <param name="Coefficients">In the order of the form.</param>
/// <param name="R2">Share of the variance of the response (a logarithm) that the fit explains.</param>
/// <param name="R2HeldOut">The same with every point predicted from the others only; NaN where that cannot be done. May be negative: worse
/// than the mean.</param>
/// <param name="Aic">Akaike's criterion, n ln(RSS / n) + 2 (p + 1): smaller is better; comparable between fits of the same points and response.</param>
/// <param name="Points">Points fitted.</param>
public sealed record LawFit(
    LawForm Form, string Scope, IReadOnlyList<LawCoefficient> Coefficients, double R2, double R2HeldOut, double Aic, int Points)
{
    /// <summary>A coefficient by its name.</summary>
    public LawCoefficient this[string name] => Coefficients.First(coefficient => coefficient.Name == name);
}
